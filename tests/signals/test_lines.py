"""Numbers line by line, as a program prints them."""

import pytest

from mnemoscope.errors import SignalError
from mnemoscope.signals.lines import MAX_LINE_BYTES, LineReader


def read(text, **options):
    reader = LineReader(**options)
    values, times = reader.feed(text.encode())
    more, later = reader.end()
    return reader, values + more, times + later


def test_one_number_a_line():
    reader, values, times = read("1\n2.5\n-3e-2\n")
    assert values == [1.0, 2.5, -0.03]
    assert times == []
    assert reader.name is None
    assert not reader.malformed


def test_bytes_may_be_cut_anywhere():
    text = "x\n1.25\r\n\n# remark\n2.5\n3.75"
    for size in range(1, 9):
        reader = LineReader()
        found = [reader.feed(text.encode()[k : k + size]) for k in range(0, len(text), size)]
        found.append(reader.end())
        assert [v for values, _ in found for v in values] == [1.25, 2.5, 3.75]
        assert reader.name == "x"
        assert reader.lines == 6


@pytest.mark.parametrize(
    ("text", "name", "values", "times"),
    [
        ("time,ecg\n0.0,1\n0.1,2\n", "ecg", [1.0, 2.0], [0.0, 0.1]),
        ("seq;ecg\n0;1\n1;2\n", "ecg", [1.0, 2.0], []),
        ("Label\tA\tB\nx\t1\t5\ny\t2\t6\n", "A", [1.0, 2.0], []),
        ("1 5\n2 6\n", None, [1.0, 2.0], []),
        ('"a","b"\n"1","2"\n', "a", [1.0], []),
    ],
)
def test_columns_are_found_out(text, name, values, times):
    reader, found, at = read(text)
    assert (reader.name, found, at) == (name, values, times)


def test_columns_can_be_chosen_by_name_or_number():
    text = "a,b,c\n1,2,3\n4,5,6\n"
    assert read(text, channel="b")[1] == [2.0, 5.0]
    assert read(text, channel="2")[1] == [3.0, 6.0]
    assert read(text, channel="b", time="c")[2] == [3.0, 6.0]
    assert read("time,x\n0,1\n", time="none", channel="time")[1] == [0.0]


def test_a_decimal_comma_where_it_is_said():
    assert read("1,5\n2,25\n", decimal=",")[1] == [1.5, 2.25]
    assert read("1,5;7\n2,25;8\n", decimal=",")[1] == [1.5, 2.25]


def test_a_malformed_line_keeps_its_place_and_is_reported_with_its_number():
    reader, values, _ = read("ecg\n1\n2;3\noops\n4\n")
    assert values == [1.0, None, None, 4.0]
    assert [(bad.line, bad.why, bad.text) for bad in reader.malformed] == [
        (3, "2 columns instead of 1", "2;3"),
        (4, "'oops' is no number", "oops"),
    ]


def test_words_for_a_missing_number_are_not_malformed():
    reader, values, _ = read("1\nNaN\nnull\n2\n")
    assert values[0] == 1.0
    assert values[2] is None
    assert values[3] == 2.0
    assert reader.malformed_count == 0


def test_a_line_whose_time_cannot_be_read_has_no_place():
    reader, values, times = read("time,x\n0,1\nlate,2\n2,3\n")
    assert (values, times) == ([1.0, 3.0], [0.0, 2.0])
    assert reader.malformed[0].line == 3


def test_text_before_the_numbers_is_reported_past_a_few_lines():
    reader, values, _ = read("a device\nwith two\nlines\nand a fourth\n1\n")
    assert values == [1.0]
    assert [bad.line for bad in reader.malformed] == [4]


@pytest.mark.parametrize("options", [{"channel": "x"}, {"channel": "3"}, {"time": "t"}, {"channel": "a", "time": "a"}])
def test_columns_that_are_not_there_are_refused(options):
    with pytest.raises(SignalError, match="column"):
        read("a,b\n1,2\n", **options)


def test_bytes_without_lines_are_refused():
    with pytest.raises(SignalError, match="lines of numbers"):
        LineReader().feed(b"\0" * (MAX_LINE_BYTES + 1))


def test_names_before_the_values_as_on_a_serial_plotter():
    reader, values, times = read("WiFi connected\nTemp:20.5,Hum:40\nTemp:21,Hum:41\nHum:42\nmp:1,Hum:4\n22\n")
    assert (reader.name, reader.columns, times) == ("Temp", 2, [])
    assert values == [20.5, 21.0, None, None, None]
    assert [bad.line for bad in reader.malformed] == [6]
    assert read("Temp:20.5,Hum:40\n", channel="Hum")[1] == [40.0]
    assert read("0.5 Temp: 20.5 °C Hum: 40 %\n1.0 Temp: 21 °C Hum: 40 %\n")[1:] == ([20.5, 21.0], [0.5, 1.0])
    assert read("t=0.1\tx=3\n")[1:] == ([3.0], [0.1])
