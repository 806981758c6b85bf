"""Files that are recognised and not read: what each is, why, and how its numbers get out of it."""

import re

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.importer import CONTROL

PANDAS = "save its numbers as CSV or Parquet: `{}.to_csv('data.csv')`"

MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file, which can refer to other files",
     "save one data set: `numpy.savetxt('data.csv', h5py.File('FILE')['NAME'][:], delimiter=',')`"),
    (512, b"\x89HDF\r\n\x1a\n", "a MATLAB 7.3 file, which is HDF5", "save it anew in MATLAB: `save('data.mat', 'x', '-v7')`"),
    (0, b"MATLAB 7.3", "a MATLAB 7.3 file, which is HDF5", "save it anew in MATLAB: `save('data.mat', 'x', '-v7')`"),
    (0, b"TDSm", "a TDMS file of LabVIEW",
     "save it as CSV: `nptdms.TdmsFile.read('FILE').as_dataframe().to_csv('data.csv')`"),
    (0, b"CDF\x01", "a NetCDF file", "save one variable as CSV: `xarray.open_dataset('FILE')['NAME'].to_series().to_csv('data.csv')`"),
    (0, b"CDF\x02", "a NetCDF file", "save one variable as CSV: `xarray.open_dataset('FILE')['NAME'].to_series().to_csv('data.csv')`"),
    (0, b"CDF\x05", "a NetCDF file", "save one variable as CSV: `xarray.open_dataset('FILE')['NAME'].to_series().to_csv('data.csv')`"),
    (0, b"\xcd\xf3\x00\x01", "a CDF file of space physics", "save one variable as CSV: `cdflib.cdf_to_xarray('FILE').to_dataframe().to_csv('data.csv')`"),
    (0, b"$FL2@(#)", "an SPSS file", PANDAS.format("pandas.read_spss('FILE')")),
    (0, b"$FL3@(#)", "an SPSS file", PANDAS.format("pandas.read_spss('FILE')")),
    (0, b"<stata_dta>", "a Stata file", PANDAS.format("pandas.read_stata('FILE')")),
    (84, b"SAS FILE", "a SAS file", PANDAS.format("pandas.read_sas('FILE')")),
    (0, b"HEADER RECORD*******", "a SAS transport file", PANDAS.format("pandas.read_sas('FILE')")),
    (0, b"RDX2\n", "an R file", "save its numbers in R: `write.csv(x, 'data.csv')`"),
    (0, b"RDX3\n", "an R file", "save its numbers in R: `write.csv(x, 'data.csv')`"),
    (0, b"X\n\x00\x00\x00\x02", "an R file", "save its numbers in R: `write.csv(readRDS('FILE'), 'data.csv')`"),
    (0, b"X\n\x00\x00\x00\x03", "an R file", "save its numbers in R: `write.csv(readRDS('FILE'), 'data.csv')`"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first, or pack it as ZIP"),
    (0, b"Rar!\x1a\x07", "a RAR archive", "unpack it first, or pack it as ZIP"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it first: `zstd -d FILE`"),
    (257, b"ustar", "a tar archive", "unpack it first: `tar -xf FILE`"),
    (0, b"SQLite format 3\x00", "an SQLite database",
     "save a table as CSV: `sqlite3 -header -csv FILE 'select * from NAME' > data.csv`"),
    (0, b"Obj\x01", "an Avro file", "save it as Parquet or CSV"),
    (0, b"ORC", "an ORC file", "save it as Parquet: `pyarrow.parquet.write_table(pyarrow.orc.read_table('FILE'), 'data.parquet')`"),
    (0, b"FEA1", "a Feather file of version 1", "save it anew: `pyarrow.feather.write_feather(pyarrow.feather.read_table('FILE'), 'data.feather')`"),
    (0, b"\x80\x02", "a Python pickle, which can run programs and is never read", "save the numbers: `numpy.save('data.npy', x)`"),
    (0, b"\x80\x03", "a Python pickle, which can run programs and is never read", "save the numbers: `numpy.save('data.npy', x)`"),
    (0, b"\x80\x04", "a Python pickle, which can run programs and is never read", "save the numbers: `numpy.save('data.npy', x)`"),
    (0, b"\x80\x05", "a Python pickle, which can run programs and is never read", "save the numbers: `numpy.save('data.npy', x)`"),
    (0, b"%PDF", "a PDF document", "save its table as CSV"),
    (0, b"\x89PNG", "a PNG picture", "choose a file of numbers"),
    (0, b"\xff\xd8\xff", "a JPEG picture", "choose a file of numbers"),
    (0, b"GIF8", "a GIF picture", "choose a file of numbers"),
    (0, b"II*\x00", "a TIFF picture", "choose a file of numbers"),
    (0, b"MM\x00*", "a TIFF picture", "choose a file of numbers"),
    (128, b"DICM", "a DICOM file", "save its waveform as CSV: `numpy.savetxt('data.csv', pydicom.dcmread('FILE').waveform_array(0), delimiter=',')`"),
    (0, b"{\\rtf", "a text document (RTF)", "save its table as CSV"),
    (0, b"ID3", "an MP3 file", "save it as WAV: `ffmpeg -i FILE data.wav`"),
    (0, b"\xff\xfb", "an MP3 file", "save it as WAV: `ffmpeg -i FILE data.wav`"),
    (4, b"ftyp", "an MP4 file", "save its sound as WAV: `ffmpeg -i FILE data.wav`"),
    (0, b"\x7fELF", "a program", "choose a file of numbers"),
    (0, b"MZ\x90\x00", "a program", "choose a file of numbers"),
    (0, b"\x89MNEM", "a Mnemoscope recording", "open it instead of importing it: `mnemoscope open FILE`"),
    (0, b"SIMPLE  =", "a FITS file", "save a table of it as CSV: `astropy.table.Table.read('FILE').write('data.csv')`"),
    (0, b"GRIB", "a GRIB file of the weather", "save one point as CSV: `xarray.open_dataset('FILE', engine='cfgrib').sel(…).to_series().to_csv('data.csv')`"),
    (0, b"XDF:", "an XDF file of LabStreamingLayer", "save a stream as CSV: `numpy.savetxt('data.csv', pyxdf.load_xdf('FILE')[0][0]['time_series'], delimiter=',')`"),
    (0, b"ABF2", "an ABF file of Axon", "save it as CSV: `numpy.savetxt('data.csv', pyabf.ABF('FILE').sweepY)`"),
    (0, b"ABF ", "an ABF file of Axon", "save it as CSV: `numpy.savetxt('data.csv', pyabf.ABF('FILE').sweepY)`"),
    (0, b"#ROSBAG V2.0", "a bag of ROS", "save a topic as CSV: `rostopic echo -b FILE -p /topic > data.csv`"),
    (0, b"\x89MCAP0\r\n", "an MCAP file of ROS 2", "save a topic as CSV with `mcap` or PlotJuggler"),
    (8, b".FIT", "a FIT file of a sports watch", "save it as CSV: `java -jar FitCSVTool.jar FILE`, or export it as CSV"),
    (0, b"\xd4\xc3\xb2\xa1", "a capture of a network", "save a field as CSV: `tshark -r FILE -T fields -E separator=, -e frame.time_epoch -e frame.len > data.csv`"),
    (0, b"\x0a\x0d\x0d\x0a", "a capture of a network", "save a field as CSV: `tshark -r FILE -T fields -E separator=, -e frame.time_epoch -e frame.len > data.csv`"),
    (276, b"\x00\xe4\x40\xc6", "a SAC file of seismology", "save the trace as CSV: `numpy.savetxt('data.csv', obspy.read('FILE')[0].data)`"),
    (276, b"\xc6\x40\xe4\x00", "a SAC file of seismology", "save the trace as CSV: `numpy.savetxt('data.csv', obspy.read('FILE')[0].data)`"),
    (0, b"\xc3\x40\xf1", "a SEG-Y file of seismology", "save the trace as CSV: `numpy.savetxt('data.csv', obspy.read('FILE')[0].data)`"),
    (0, b"MS\x03", "a miniSEED file", "save the trace as CSV: `numpy.savetxt('data.csv', obspy.read('FILE')[0].data)`"),
)  # fmt: skip
"""Offset and bytes, what such a file is, and the way out."""
SHORT = 4
"""A word of so many letters may be the first name of a table."""
TEXTS = (
    (re.compile(rb"\d{6}[DRQM] [A-Z0-9 ]{12}[\x00-\x14]"), "a miniSEED file", "save the trace as CSV: `numpy.savetxt('data.csv', obspy.read('FILE')[0].data)`"),
    (re.compile(rb"\s*<(?:\?xml|!DOCTYPE|html|svg|[A-Za-z]+[^<>]*>\s*<)", re.IGNORECASE), "an XML or HTML document", "save its table as CSV"),
    (re.compile(rb"(?:Brain ?Vision|\s*;?\s*BrainVision) ?(?:Core )?Data Exchange (?:Header|Marker)", re.IGNORECASE), "a header of BrainVision, whose samples lie in another file",
     "save the recording as EDF: `mne.io.read_raw_brainvision('FILE').export('data.edf')`"),
    (re.compile(rb"\d{4}[0-9A-Z]{6}\d{5}\d{8}\d{4}[0-9A-Z][+-]\d{5}[+-]\d{6}"), "an ISD file of NOAA, whose values stand at fixed places with nothing between them",
     "take the station's CSV: https://www.ncei.noaa.gov/data/global-hourly/access/YEAR/STATION.csv"),
    (re.compile(rb"[A-Z]{2}[A-Z0-9_-]{9}\d{6}[A-Z][A-Z0-9]{3}[ \d-]{5}"), "a GHCN file of NOAA (.dly), which has a month in a row and its values at fixed places",
     "take the station's CSV: https://www.ncei.noaa.gov/data/global-historical-climatology-network-daily/access/STATION.csv"),
    (re.compile(rb"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:CREATE\s+(?:TABLE|DATABASE|SCHEMA|TYPE|INDEX|VIEW|SEQUENCE|EXTENSION)\s|INSERT\s+INTO\s|DROP\s+TABLE\s|SET\s+[\w@]+\s*=|PRAGMA\s+\w+\s*=|BEGIN\s+TRANSACTION;|LOCK\s+TABLES\s)", re.IGNORECASE | re.DOTALL),
     "SQL, which fills a database", "load it and save the table as CSV: `sqlite3 -header -csv FILE 'select * from NAME' > data.csv`, `psql -c '\\copy NAME to data.csv csv header'`"),
    (re.compile(rb"(?:\([\d.]+\)|[\d.]+)?\s*v?can\d\s+[0-9A-Fa-f]{3,8}(?:#|\s+\[\d\])"), "a log of a CAN bus, whose messages have to be decoded",
     "decode it with the bus's DBC: `cantools decode`, or `asammdf`, and save the signal as CSV"),
    (re.compile(rb"\$(?:G[NPLABQ]|P[A-Z])[A-Z]{2,4},"), "NMEA sentences of a GPS receiver", "turn them into a table: `gpsbabel -i nmea -f FILE -o unicsv -F data.csv`"),
    (re.compile(rb"(?:![^\n]*\n)*\s*#\s*[kMG]?Hz\s+[SYZHG]\s+(?:MA|DB|RI)\s+R", re.IGNORECASE), "a Touchstone file, which is a function of frequency and not of time",
     "save what shall be looked at as CSV: `skrf.Network('FILE').to_dataframe().to_csv('data.csv')`"),
    (re.compile(rb"\s*##TITLE\s*=", re.IGNORECASE), "a JCAMP-DX file, which is a spectrum and not a function of time", "save what shall be looked at as CSV: `jcamp.jcamp_readfile('FILE')`"),
    (re.compile(rb"[\w.*-]+,\d{9,10},\d{9,10},\d+\|"), "Graphite's raw answer, a series in a line", "ask for `format=csv` or `format=json` instead"),
    (re.compile(rb"[\w.-]+(?:,[\w.-]+=[^,\s]+)* [\w.-]+=[^,\s]+(?:,[\w.-]+=[^,\s]+)* \d{10,19}\r?\n"), "the line protocol of InfluxDB", "ask the database for CSV: `influx query --raw 'from(bucket: …)' > data.csv`"),
    (re.compile(rb"(?:\s|%[^\n]*\n|\w+\s*=\s*[^;\[\n]*;)*\w+\s*=\s*\["), "a script of MATLAB or Python", "run it and save the numbers: `writematrix(x, 'data.csv')`, `numpy.savetxt('data.csv', x)`"),
)  # fmt: skip
"""What is no table, by how it begins."""


def refuse(data: bytes) -> None:
    """Raises ImportFileError where the first bytes of a file are of a kind that is not read."""
    text = CONTROL.search(data) is None
    for at, magic, what, way in MAGIC:
        if data.startswith(magic, at) and not (text and magic.isascii() and len(magic) <= SHORT):
            raise ImportFileError(f"this is {what}, not a table", where="byte 0", hint=f"{way[0].upper()}{way[1:]}.")
    for pattern, what, way in TEXTS:
        if pattern.match(data.removeprefix(b"\xef\xbb\xbf")):
            raise ImportFileError(f"this is {what}, not a table", where="line 1", hint=f"{way[0].upper()}{way[1:]}.")
