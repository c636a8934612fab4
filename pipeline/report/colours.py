"""The colours of the static figure; those of the page stand in `page.css`."""

LINE, BAND = "#1b3a5c", "#9db8d2"
CONFLICT, COOPERATION = "#b2442e", "#2f7f79"
