"""What the keys of known issuers look like: how they begin, of what letters they go on, and how long they are."""

from __future__ import annotations

from typing import NamedTuple

BASE62 = "A-Za-z0-9"
BASE64 = "A-Za-z0-9+/"
URL64 = r"\w\-"
HEX = "0-9a-f"


class KeyShape(NamedTuple):
    """A key: one of the openings, then between `least` and `most` of these characters."""

    name: str
    openings: tuple[str, ...]
    characters: str
    least: int
    most: int


KEYS: tuple[KeyShape, ...] = (
    KeyShape("secret.openai", ("sk-proj-", "sk-svcacct-", "sk-admin-"), URL64, 40, 250),
    KeyShape("secret.anthropic", ("sk-ant-",), URL64, 40, 250),
    KeyShape("secret.sk", ("sk-",), URL64, 32, 250),
    KeyShape("secret.github", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), BASE62, 36, 255),
    KeyShape("secret.github", ("github_pat_",), r"\w", 60, 120),
    KeyShape("secret.aws", ("AKIA", "ASIA"), "A-Z2-7", 16, 16),
    KeyShape("secret.slack", ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-"), r"\w\-", 24, 250),
    KeyShape("secret.slack", ("xapp-",), r"\w\-", 40, 250),
    KeyShape("secret.slack", ("hooks.slack.com/services/",), r"\w/", 30, 90),
    KeyShape("secret.google", ("AIza",), URL64, 35, 35),
    KeyShape("secret.google", ("GOCSPX-",), URL64, 28, 28),
    KeyShape("secret.google", ("ya29.",), URL64, 40, 400),
    KeyShape("secret.stripe", ("sk_live_", "rk_live_"), BASE62, 24, 200),
    KeyShape("secret.stripe", ("whsec_",), BASE64, 32, 64),
    KeyShape("secret.gitlab", ("glpat-", "gldt-", "glrt-"), r"\w\-.", 20, 64),
    KeyShape("secret.npm", ("npm_",), BASE62, 36, 36),
    KeyShape("secret.pypi", ("pypi-AgE",), URL64, 50, 250),
    KeyShape("secret.twilio", ("SK",), HEX, 32, 32),
    KeyShape("secret.huggingface", ("hf_",), BASE62, 30, 50),
    KeyShape("secret.groq", ("gsk_",), BASE62, 40, 80),
    KeyShape("secret.xai", ("xai-",), BASE62, 60, 100),
    KeyShape("secret.replicate", ("r8_",), BASE62, 37, 37),
    KeyShape("secret.digitalocean", ("dop_v1_", "doo_v1_"), HEX, 64, 64),
    KeyShape("secret.shopify", ("shpat_", "shpss_", "shpca_"), "0-9a-fA-F", 32, 32),
    KeyShape("secret.databricks", ("dapi",), HEX, 32, 32),
    KeyShape("secret.azure", ("AccountKey=", "SharedAccessKey="), BASE64 + "=", 40, 90),
)
