"""Labelled seeds → estimator, cached; labelled sentences → measured figures."""
