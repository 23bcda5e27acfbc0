"""Stand-ins of encrypted columns: in the form of the training cells, for nobody, and as often repeated."""

import numpy as np
import pandas as pd
import pytest

from tasks.references import Reference
from tasks.split import Split
from tasks.standins import StandIns, parts_of
from veil.model import Column, Plan, Step, Table
from veil.transforms import TRANSFORMS, Context
from veil.transforms.ciphers.numberings import NUMBERINGS
from veil.transforms.ciphers.serials import sealed_like, serials_like
from veil.transforms.ciphers.shapes import shapes_of
from veil.transforms.keys import Key
from veil.transforms.phone_forms import phone_forms

KEY = Key("main", "2026-11", bytes(range(32)))
THROWN_AWAY = Key("stand-ins", "", bytes(32))
N_ROWS = 400
FORMS = {
    "digits": [f"{at:04d}-{at * 7 % 1000:03d}" for at in range(N_ROWS)],
    "letters": [f"Ab{'cdef'[at % 4]}{'ghij'[at // 4 % 4]}k" for at in range(N_ROWS)],
    "alphanumeric": [f"1-ABC-{at:03d}" for at in range(N_ROWS)],
    "phone": [f"+32470{at:06d}" for at in range(N_ROWS)],
    "iban": ["BE68 5390 0754 7034", "NL91ABNA0417164300"] * (N_ROWS // 2),
    **{kind: [number for at in range(N_ROWS) if (number := NUMBERINGS[kind][0].write(at * 1001))] for kind in NUMBERINGS},
}


def encrypted(of: str, values: list[str]) -> list[str]:
    context = Context(Column("c"), key=KEY, keyspace="k", region="BE")
    return list(TRANSFORMS["fpe"](of=of).apply(pd.Series(values, dtype=object), context))


@pytest.mark.parametrize("of", FORMS)
@pytest.mark.parametrize("told", [True, False])
def test_serials_have_the_form_of_encrypted_cells_and_are_none_of_them(of, told):
    cells = encrypted(of, FORMS[of])
    if not told and of in NUMBERINGS:
        pytest.skip("a policy says of a checked number what it is")
    made = serials_like(of if told else None, cells, range(len(cells)), THROWN_AWAY)
    assert len(set(made)) == len(made)
    assert not set(made) & set(cells)
    if of not in ("fr_nir", "fi_hetu", "es_dni"):
        assert shapes_of(made) == shapes_of(cells)
    if of in NUMBERINGS:
        assert all(NUMBERINGS[of][0].read(each) is not None for each in made)
    if of == "phone":
        assert phone_forms(made, None) == made
    assert encrypted(of, made)


def test_numbers_in_national_writing_stay_digits():
    made = serials_like(None, ["0470/12.34.56", "0471/12.34.57"], [1, 2], THROWN_AWAY)
    assert shapes_of(made) == ["0000/00.00.00"] * 2
    assert len(set(made)) == 2


def test_a_sealed_serial_has_head_and_length_and_does_not_open():
    context = Context(Column("c"), key=KEY, keyspace="k")
    cells = TRANSFORMS["encrypt"]().apply(pd.Series(["Anna", "a@b.example" * 20], dtype=object), context)
    made = sealed_like(list(cells), ["1", "2"], THROWN_AWAY)
    assert [(each.split(".")[:2], len(each)) for each in made] == [(cell.split(".")[:2], len(cell)) for cell in cells]
    assert not set(made) & set(cells)
    assert TRANSFORMS["encrypt"]()._sealer(context).open(made) == [None, None]


def stand_ins(steps: dict[str, tuple[str, dict]], train: pd.DataFrame, subject: str | None) -> StandIns:
    table = Table("people", "", "", len(train), tuple(Column(name) for name in train), "transform")
    planned = tuple(Step(name, "direct", None, do, parameters, "encrypt", "", "") for name, (do, parameters) in steps.items())
    plan = Plan("people", "", "", subject, (), planned)
    codes = np.arange(len(train)) // 2
    split = Split(codes, np.zeros(len(train), dtype=bool), int(codes.max()) + 1)
    links: tuple[Reference, ...] = ()
    return StandIns(table, plan, parts_of(table, plan, links), split, train, {}, {}, 7)


def test_columns_of_a_stand_in_repeat_as_the_train_does_and_keep_their_forms():
    serial = [f"{at // 2:07d}" for at in range(N_ROWS)]
    context = Context(Column("c"), key=KEY, keyspace="k")
    train = pd.DataFrame(
        {
            "person": encrypted("digits", serial),
            "email": TRANSFORMS["encrypt"]().apply(pd.Series(serial, dtype=object), context),
            "once": TRANSFORMS["encrypt"](mode="random").apply(pd.Series(serial, dtype=object), context),
            "gone": [None] * N_ROWS,
        },
        dtype=object,
    )
    steps = {"person": ("fpe", {}), "email": ("encrypt", {}), "once": ("encrypt", {"mode": "random"}), "gone": ("fpe", {})}
    made = stand_ins(steps, train, "person")
    sampled = pd.DataFrame({name: ["1"] * 300 for name in made._presence_columns} or None, index=range(300))
    sampled["gone"] = None
    complete = made.complete(sampled)
    assert complete["person"].nunique() == complete["email"].nunique() == 150
    assert complete["once"].nunique() == 300
    assert complete["gone"].isna().all()
    for name in ("person", "email", "once"):
        assert not set(complete[name]) & set(train[name])
        assert set(complete[name].str.len()) == set(train[name].str.len())
    pd.testing.assert_frame_equal(complete, stand_ins(steps, train, "person").complete(sampled))
