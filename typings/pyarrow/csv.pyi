from collections.abc import Callable, Iterator, Mapping, Sequence

from pyarrow import DataType, PythonFile, RecordBatch

class InvalidRow:
    expected_columns: int
    actual_columns: int
    number: int | None
    text: str

class ReadOptions:
    def __init__(
        self, *, column_names: Sequence[str] = ..., block_size: int = ..., use_threads: bool = ...
    ) -> None: ...

class ParseOptions:
    def __init__(
        self,
        *,
        delimiter: str = ...,
        quote_char: str | bool = ...,
        invalid_row_handler: Callable[[InvalidRow], str] | None = ...,
        ignore_empty_lines: bool = ...,
    ) -> None: ...

class ConvertOptions:
    def __init__(
        self, *, column_types: Mapping[str, DataType] = ..., strings_can_be_null: bool = ..., check_utf8: bool = ...
    ) -> None: ...

class CSVStreamingReader:
    def __iter__(self) -> Iterator[RecordBatch]: ...

def open_csv(
    input_file: PythonFile, *, read_options: ReadOptions, parse_options: ParseOptions, convert_options: ConvertOptions
) -> CSVStreamingReader: ...
