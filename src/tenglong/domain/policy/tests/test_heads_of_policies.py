"""A list reads headers alone, and says what the whole texts say."""

from __future__ import annotations

import pytest

from tenglong.domain import presets
from tenglong.domain.policy import PolicyError
from tenglong.domain.policy.heads import head, lines_of
from tenglong.domain.policy.schemas import BODY_SCHEMAS
from tenglong.domain.policy.shelf import Ref, packaged, refs


@pytest.mark.parametrize("kind", sorted(BODY_SCHEMAS))
def test_head_of_every_packaged_policy_is_that_of_its_whole_text(kind):
    for ref in refs(kind):
        found, whole = head(ref), packaged(kind, ref.stem)
        left = {"unknown", "completeness"} if found.header.extends else set()
        assert found.header.model_dump(exclude=left) == whole.header.model_dump(exclude=left)
        assert (found.sha256, found.file) == (whole.sha256, whole.file)
        assert found.name == str(whole.data.get("name", ""))


def test_lists_and_texts_of_several_lines_belong_to_their_key_and_the_body_is_left_out():
    text = "# c\nversion: '2'\nunknown:\n  - a\n- b\ngroups:\n  version: x\nsource: >-\n  one\n\n  two\nname: n\n"
    assert lines_of(text) == "version: '2'\nunknown:\n  - a\nsource: >-\n  one\n\n  two\nname: n"


def test_head_that_cannot_be_read_is_refused_with_the_line_of_the_whole_text(monkeypatch):
    monkeypatch.setattr(presets, "_sources", [lambda _name: "name: n\nverified: perhaps\n"])
    monkeypatch.setattr(presets, "_listings", [lambda _kind: ["broken"]])
    with pytest.raises(PolicyError) as caught:
        head(Ref("evaluation", "broken", ""))
    assert [(one.line, one.key) for one in caught.value.problems if one.key.startswith("verified")]
