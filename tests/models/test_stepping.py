"""States of a batch taken apart and put together, over every registered paradigm."""

import pytest
import torch
from torch.utils import _pytree as pytree

from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.models import registry, stepping
from tests.oracles.small_models import small
from tests.oracles.stepping import fold, sequences


@pytest.fixture(params=registry.names())
def model(request):
    return small(request.param)


def inputs_of(model, count, steps):
    return sequences(count, steps, model.inputs)


def test_run_is_the_fold_of_step(model):
    inputs = inputs_of(model, 3, 9)
    outputs, state = run_to_end(stepping.run(model, inputs))
    first, middle = run_to_end(stepping.run(model, inputs[:, :4]))
    rest, end = run_to_end(stepping.run(model, inputs[:, 4:], middle))
    assert outputs.shape == (3, 9, model.outputs)
    assert not outputs.requires_grad
    torch.testing.assert_close(torch.cat((first, rest), 1), outputs, rtol=0, atol=0)
    torch.testing.assert_close(pytree.tree_leaves(end), pytree.tree_leaves(state), rtol=0, atol=0)
    torch.testing.assert_close(outputs, fold(model, inputs)[0].detach(), rtol=0, atol=0)


def test_no_steps_are_no_outputs(model):
    state = model.initial_state(2)
    outputs, same = run_to_end(stepping.run(model, inputs_of(model, 2, 0), state))
    assert outputs.shape == (2, 0, model.outputs)
    assert same is state


def test_a_batch_taken_apart_and_joined_goes_on_as_it_was(model):
    inputs = inputs_of(model, 4, 7)
    _, state = run_to_end(stepping.run(model, inputs[:, :5]))
    assert stepping.sequences(state) == 4
    parts = [stepping.rows(state, 2, 4), stepping.rows(state, 0, 2)]
    assert stepping.alike(parts) == [[0, 1]]
    joined, sizes = stepping.joined(parts)
    assert sizes == [2, 2]
    outputs, _ = run_to_end(stepping.run(model, inputs[[2, 3, 0, 1], 5:], joined))
    wanted, _ = run_to_end(stepping.run(model, inputs[:, 5:], state))
    torch.testing.assert_close(outputs, wanted[[2, 3, 0, 1]])


def test_one_sequence_repeated_is_a_batch_of_it(model):
    inputs = inputs_of(model, 1, 6)
    _, state = run_to_end(stepping.run(model, inputs[:, :5]))
    many = stepping.repeated(state, 3)
    assert stepping.sequences(many) == 3
    assert stepping.numbers(many) == stepping.numbers(state)
    outputs, _ = run_to_end(stepping.run(model, inputs[:, 5:].expand(3, -1, -1), many))
    wanted, _ = run_to_end(stepping.run(model, inputs[:, 5:], state))
    torch.testing.assert_close(outputs, wanted.expand(3, -1, -1))


def test_states_of_other_lengths_are_not_joined():
    model = small("transformer")
    short, long = (run_to_end(stepping.run(model, inputs_of(model, 1, steps)))[1] for steps in (3, 4))
    assert stepping.alike([short, long, short]) == [[0, 2], [1]]
    rows = [{"keys": torch.zeros(1, slots, 2)} for slots in (3, 4, 3)]  # the shapes alone say it
    assert stepping.alike(rows) == [[0, 2], [1]]
