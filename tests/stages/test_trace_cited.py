"""Who is cited in more words, and who only seems to be. All texts are invented."""

from __future__ import annotations

import pytest

from tests.stages.tracing import cited


@pytest.mark.parametrize(
    ("text", "language", "source", "role"),
    [
        ("獣医師はロイター通信に対し「灯台は明るい」と説明した。", "ja", "Reuters", "interview"),
        ("獣医師はAFP通信に「灯台は明るい」と語った。", "ja", "Agence France-Presse", "interview"),
        ("Die Lampe brenne, sagte der Wärter auf dpa-Anfrage.", "de", "dpa", "interview"),
        ("Lampunya menyala, lansir Reuters.", "id", "Reuters", "cite"),
        ("বাতিটি জ্বলছে বলে জানিয়েছে রয়টার্স।", "bn", "Reuters", "cite"),
        ("La lámpara brilla, contó su dueña a la agencia EFE.", "es", "EFE", "interview"),
        ("La lámpara brilla, según ha adelantado El País.", "es", "El País", "cite"),
        ("The lamp was lit, as published by Reuters.", "en", "Reuters", "cite"),
        ("PTI reported that the lamp was lit.", "en", "Press Trust of India", "cite"),
        ("PAP reported from Warsaw that the lamp was lit.", "en", "Polska Agencja Prasowa", "cite"),
    ],
)
def test_cited(text: str, language: str, source: str, role: str) -> None:
    found = cited(text, language=language)
    assert [kind for _, kind in found] == [role]
    assert source.casefold() in found[0][0].casefold() or found[0][0] == "Deutsche Presse-Agentur"


@pytest.mark.parametrize(
    "text",
    [
        "Singapore's PAP reported a larger majority, and the PAP said that it would thank residents.",
        "A PAP MP swam across. The PAP reported no other entrants.",
        "Lawmakers of the PTI and the PPP traded barbs. PTI reported the matter to the speaker.",
        "Councillors of the AAP and the BJP came to blows. AAP reported the damage in January.",
        "Published by Dunmore Daily Chronicle on Jul. 5, 2023.",
        "The keeper lit it.\nPublished by Dunmore Daily Chronicle on Jul. 5, 2023.",
        "El guarda contó el dinero ante la puerta del faro.",
    ],
)
def test_not_cited(text: str) -> None:
    assert cited(text, language="es" if text.startswith("El ") else "en") == []


def test_a_quotation_that_opens_anew_and_one_that_never_closes_blind_nobody() -> None:
    anew = 'He said: "We pay more. "We pay a lot. "We pay." Reuters reported that he paid.'
    assert cited(anew) == [("Reuters", "cite")]
    never = f'He said: "We pay. {"The harbour was quiet. " * 25}Reuters reported that he paid.'
    assert cited(never) == [("Reuters", "cite")]
    assert cited('He said: "You know that Reuters reported it.') == []
