"""Files as programs print, send, keep and damage them, and workbooks as people arrange them, each with its truth."""

from __future__ import annotations

import json
import struct
from datetime import datetime, timedelta
from typing import Any

from tests.signals import made_files as made
from tests.signals.everyday_cases import DAYS, HOUR, QUART, SEC, H, Q, S, T, lines
from tests.signals.reading_cases import DAY, WAVE, Case, N, X, Y, comma


def cells(rows: list[list[Any]]) -> dict[str, Any]:
    """Rows of a sheet as cells by their place."""
    return {
        f"{chr(65 + column)}{row}": value
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values)
        if value not in (None, "")
    }


AUTUMN = [
    datetime(2026, 10, 24, 12) + timedelta(minutes=15) * i - (timedelta(hours=1) if i >= 60 else timedelta(0))
    for i in range(N)
]
"""Quarters of an hour by a clock that is set back."""

PRINTED = [
    Case("print(df), cut", "                         x     y\n"+lines([f"{m:%Y-%m-%d %H:%M:%S}  {x:6.2f} {y:5.2f}" for m,x,y in zip(QUART[:5],X[:5],Y[:5], strict=True)])+"...                    ...   ...\n"+lines([f"{m:%Y-%m-%d %H:%M:%S}  {x:6.2f} {y:5.2f}" for m,x,y in zip(QUART[-5:],X[-5:],Y[-5:], strict=True)])+"\n[200 rows x 2 columns]\n", rows=10, gaps=1, cure={"ragged": "skip"}),
    Case("df.to_string()", "                         x     y\n"+lines([f"{m:%Y-%m-%d %H:%M:%S}  {x:6.2f} {y:5.2f}" for m,x,y in zip(QUART,X,Y, strict=True)]), **WAVE, **Q),
    Case("pandas: columns of two levels", ",sensor,sensor,meta\n,x,y,n\ntime,,,\n"+lines([f"{m:%Y-%m-%d %H:%M},{x},{y},{i%3}" for i,(m,x,y) in enumerate(zip(QUART,X,Y, strict=True))]), **WAVE, **Q),
    Case("Strava streams", json.dumps({"heartrate":{"data":[round(x*2) for x in X],"series_type":"time","original_size":N,"resolution":"high"},"time":{"data":T,"series_type":"time","original_size":N,"resolution":"high"}}), low=80, high=120),
    Case("ThingSpeak JSON", json.dumps({"channel":{"id":1,"name":"a","latitude":"0.0","field1":"Temp","last_entry_id":200},"feeds":[{"created_at":f"{m:%Y-%m-%dT%H:%M:%S}Z","entry_id":i+1,"field1":str(x)} for i,(m,x) in enumerate(zip(QUART,X, strict=True))]}), **WAVE, **Q),
    Case("InfluxDB JSON", json.dumps({"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["time","value"],"values":[[f"{m:%Y-%m-%dT%H:%M:%S}Z",x] for m,x in zip(QUART,X, strict=True)]}]}]}), **WAVE, **Q),
    Case("Elasticsearch", json.dumps({"took":1,"hits":{"total":{"value":200},"hits":[{"_index":"a","_id":str(i),"_score":1.0,"_source":{"@timestamp":f"{m:%Y-%m-%dT%H:%M:%S}.000Z","v":x}} for i,(m,x) in enumerate(zip(QUART,X, strict=True))]}}), **WAVE, **Q),
    Case("Alpha Vantage", json.dumps({"Meta Data":{"1. Information":"Daily"},"Time Series (Daily)":{f"{m:%Y-%m-%d}":{"1. open":str(x),"2. high":str(x+1)} for m,x in reversed(list(zip(DAYS,X, strict=True)))}}), **WAVE, rate=DAY, asks=("order",)),
    Case("CoinGecko", json.dumps({"prices":[[int(m.timestamp()*1000),x] for m,x in zip(HOUR,X, strict=True)],"market_caps":[[int(m.timestamp()*1000),x*1e9] for m,x in zip(HOUR,X, strict=True)]}), **WAVE, **H),
    Case("World Bank JSON", json.dumps([{"page":1,"pages":1},[{"indicator":{"id":"a"},"date":str(2020-i),"value":x} for i,x in enumerate(X[:60])]]), refused="an array or an object inside a record"),
    Case("Home Assistant API", json.dumps([[{"entity_id":"sensor.t","state":str(x),"last_changed":f"{m:%Y-%m-%dT%H:%M:%S}+00:00"} for m,x in zip(QUART,X, strict=True)]]), **WAVE, **Q),
    Case("Torque: two clocks", "GPS Time, Device Time, Longitude, Engine RPM(rpm), Speed (OBD)(km/h)\n"+lines([f"Sun Mar 01 {m:%H:%M:%S} GMT+01:00 2026,{m:%d-%b-%Y %H:%M:%S}.{i%2*5}00,8.5,{'-' if i==7 else x},{y+60}" for i,(m,x,y) in enumerate(zip(SEC,X,Y, strict=True))]), channel="Engine RPM", unit="rpm"),
    Case("Airdata", "time(millisecond),datetime(utc),latitude,height_above_takeoff(feet),speed(mph)\n"+lines([f"{i*100},{(S+timedelta(seconds=i//10)):%Y-%m-%d %H:%M:%S},{52.1+i/1e5:.6f},{x},{y+10}" for i,(x,y) in enumerate(zip(X,Y, strict=True))]), rate=10),
    Case("Neware", "Record ID\tTime(h:min:s.ms)\tVoltage(V)\tCurrent(mA)\n"+lines([f"{i+1}\t{i//360}:{i//6%60:02}:{i%6*10:02}.000\t{x/10:.4f}\t{y:.1f}" for i,(x,y) in enumerate(zip(X,Y, strict=True))]), channel="Voltage", unit="V", rate=0.1),
    Case("a meter that changes its range", "No.,Time,Value,Unit,Mode\n"+lines([f"{i+1},{i*0.5:.1f},{x if i<100 else x/1000:.4f},{'mV' if i<100 else 'V'},AUTO" for i,x in enumerate(X)]), asks=("unit",)),
    Case("a meter of one unit", "No.,Time,Value,Unit,Mode\n"+lines([f"{i+1},{i*0.5:.1f},{x},mV,AUTO" for i,x in enumerate(X)]), **WAVE, channel="Value", unit="mV", rate=2),
    Case("values with flags behind", "time,x\n"+lines([f"{m:%Y-%m-%d %H:%M},{x}{'*' if i%20==3 else ''}" for i,(m,x) in enumerate(zip(QUART,X, strict=True))]), refused="54.16*"),
    Case("an hour twice in autumn", "time,x\n"+lines([f"{m:%Y-%m-%d %H:%M},{x}" for m,x in zip(AUTUMN,X, strict=True)]), rows=N),
    Case("a bank's statement", "Buchungstag;Valutadatum;Buchungstext;Betrag;Saldo\n"+lines([f"{m:%d.%m.%Y};{m:%d.%m.%Y};Einkauf {i};{comma(-y)};{comma(1000+x)}" for i,(m,x,y) in reversed(list(enumerate(zip(DAYS,X,Y, strict=True))))]), asks=("order",), rate=DAY, first=3.25),
    Case("a log with its level", lines([f"{m:%Y-%m-%d %H:%M:%S},{i%10}00 INFO temp={x} hum={round(y)+50}" for i,(m,x,y) in enumerate(zip(SEC,X,Y, strict=True))]), channel="INFO temp", **WAVE),
    Case("ping", "PING 1.1.1.1 (1.1.1.1) 56(84) bytes of data.\n"+lines([f"64 bytes from 1.1.1.1: icmp_seq={i+1} ttl=57 time={x} ms" for i,x in enumerate(X)])+"\n--- 1.1.1.1 ping statistics ---\n200 packets transmitted, 200 received\n", refused="the header has 7 names"),
    Case("JCAMP", "##TITLE=water\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##NPOINTS=200\n##XYDATA=(X++(Y..Y))\n"+lines([f"{400+i*4} "+" ".join(f"{x:.2f}" for x in X[i*5:i*5+5]) for i in range(40)])+"##END=\n", refused="JCAMP"),
    Case("Tecplot", 'TITLE = "a"\nVARIABLES = "t", "x"\nZONE T="z", I=200, F=POINT\n'+lines([f"{i*0.01:.2f} {x}" for i,x in enumerate(X)]), **WAVE),
    Case("a table lying on its side", "Zeit;"+";".join(f"{i//4:02}:{i%4*15:02}" for i in range(96))+"\nLeistung;"+";".join(comma(x) for x in X[:96])+"\nDruck;"+";".join(comma(y) for y in Y[:96])+"\n", asks=("layout",), channel="Leistung", rows=96, low=40, high=60, rate=1/900),
    Case("every line in quotes", lines(['"time;x"',*[f'"{m:%d.%m.%Y %H:%M};{comma(x)}"' for m,x in zip(QUART,X, strict=True)]]), **WAVE, **Q),
    Case("zeros of a card behind the rows", ("t_s,x\n"+lines([f"{i},{x}" for i,x in enumerate(X)])).encode()+bytes(4096), **WAVE, rate=1),
    Case("a zero byte in a row", ("t_s,x\n"+lines([f"{i},{x}" for i,x in enumerate(X[:100])])).encode()+bytes(700)+b"\n"+lines([f"{i+100},{x}" for i,x in enumerate(X[100:])]).encode(), refused="zero bytes stand in the text"),
    Case("Owon", "Channel : CH1\nFrequency : F=1.000kHz\nPeriod : T=1.000ms\nSampling Rate : 1.0MSa/s\nProbe attenuation : 1X\nIndex,CH1 Voltage(mV)\n"+lines([f"{i},{x}" for i,x in enumerate(X)]), **WAVE, rate=1e6, unit="mV"),
    Case("rates as instruments write them", "Sample rate: 250 kSa/s\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=250_000),
    Case("Sample interval in words", "Sampling interval: 10 minutes\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=1/600),
    Case("uncertainties", "t_s,x\n"+lines([f"{i},{x}±0.1" for i,x in enumerate(X)]), refused="±"),
    Case("Taiwan: years of the republic", "日期,收盤價\n"+lines([f"{m.year-1911}/{m:%m/%d},{x}" for m,x in zip(DAYS,X, strict=True)]), **WAVE, asks=("time",), rate=None),
    Case("day and time of week", "day,hour,x\n"+lines([f"{['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][i//24%7]},{i%24},{x}" for i,x in enumerate(X)]), channel="x", rows=N),
    Case("seconds since the start in brackets", "[0.000] 1\n".replace('1','5')+lines([f"[{i*0.02:.3f}] {x}" for i,x in enumerate(X)]), rows=N+1, asks=("time",)),
    Case("iperf", lines([f"[  5]   {i}.00-{i+1}.00   sec  1.09 MBytes  {x} Mbits/sec" for i,x in enumerate(X)]), rows=None),
    Case("Excel: whole columns of text numbers", lines(["Zeit\tWert",*[f'"{m:%d.%m.%Y %H:%M}"\t"\'{comma(x)}"' for m,x in zip(QUART,X, strict=True)]]), **WAVE, **Q),
    Case("min, mean and max", "date,min,mean,max\n"+lines([f"{m:%Y-%m-%d},{x-1:.2f},{x},{x+1:.2f}" for m,x in zip(DAYS,X, strict=True)]), rate=DAY, rows=N),
    Case("months as words beside years, wide", "Year;Jänner;Februar;März;April;Mai;Juni;Juli;August;September;Oktober;November;Dezember\n"+lines([f"{2009+k};"+";".join(comma(X[k*12+i]) for i in range(12)) for k in range(16)]), rows=16, channel="all months in order", low=40, high=60),
]  # fmt: skip

BODY = [[str(m), x, y, x + 1, y + 1] for m, x, y in zip(QUART, X, Y, strict=True)]

KEPT = [
    Case("xlsx: title rows, names of two levels by merged cells, units below", made.xlsx(cells([["Messbericht Halle 3"],["erstellt von","A. B."],[],["","Sensor A","","Sensor B",""],["Zeit","T","p","T","p"],["","°C","bar","°C","bar"],*BODY])), **WAVE, **Q, unit="°C"),
    Case("xlsx: a total below, and a note", made.xlsx(cells([["Date","Energy kWh"],*[[str(m),x] for m,x in zip(DAYS,X, strict=True)],["Total",sum(X)],[],["Source: meter 3"]])), **WAVE, rate=DAY, rows=N),
    Case("xlsx: two tables side by side", made.xlsx(cells([["time s","a","","time s","b"],*[[i*0.5,x,"",*( [i*1.0,y] if i<80 else ["",""])] for i,(x,y) in enumerate(zip(X,Y, strict=True))]])), **WAVE, rate=2),
    Case("xlsx: dates that are text of a land", made.xlsx(cells([["Datum","Wert"],*[[f"{m:%d.%m.%Y %H:%M}",comma(x)] for m,x in zip(QUART,X, strict=True)]])), **WAVE, **Q),
    Case("xlsx: time of day in a cell of its own", made.xlsx(cells([["Date","Time","Value"],*[[f"{m:%Y-%m-%d}",(m.hour*60+m.minute)/1440,x] for m,x in zip(QUART,X, strict=True)]])), **WAVE, rows=N, channel="Value"),
    Case("xlsx: percent and currency with words", made.xlsx(cells([["Month","Share","Price"],*[[str(m),f"{x} %",f"{y+9:.2f} €"] for m,x,y in zip(DAYS,X,Y, strict=True)]])), **WAVE, rate=DAY),
    Case("xlsx: merged labels of groups in the first column", made.xlsx(cells([["Phase","t_s","x"],*[["heat" if i==0 else "cool" if i==100 else "",i,x] for i,x in enumerate(X)]])), **WAVE, channel="x", rate=1),
    Case("xlsx: a pivot table", made.xlsx(cells([["Average of v","Column Labels"],["Row Labels","north","south","Grand Total"],*[[f"{m:%Y-%m-%d}",x,y,x+y] for m,x,y in zip(DAYS,X,Y, strict=True)],["Grand Total",10.0,1.0,11.0]])), **WAVE, rate=DAY, channel="north"),
    Case("miniSEED", b"000001D ANMO 00BHZIU"+struct.pack(">HHBBBBHHhhBBBBiHH",2026,60,0,0,0,0,0,200,20,1,0,0,0,1,0,64,48)+bytes(448)+bytes(range(256))*4, refused="miniSEED"),
    Case("SAC", struct.pack("<70f",0.01,*[ -12345.0]*69)+struct.pack("<40i",*[-12345]*6,6,*[-12345]*33)+b"-12345  "*24+struct.pack("<200f",*X), refused="SAC"),
    Case("FITS", b"SIMPLE  =                    T / file does conform to FITS standard             "+bytes(3000), refused="FITS"),
    Case("FIT", b"\x0e\x10\x43\x08\x78\x56\x00\x00.FIT\x00\x00"+bytes(400), refused="FIT"),
    Case("raw 16-bit numbers", struct.pack("<200h",*[round(x*100) for x in X]), refused="binary"),
]  # fmt: skip

ORDINARY = [
    Case("four channels side by side, smooth, no names", lines([f"{x} {x+0.5:.2f} {x+1:.2f} {x+1.5:.2f}" for x in X]), rows=N),
    Case("eight alike channels, noisy, no names", lines([" ".join(f"{((i*37+k*11)%100)/10:.1f}" for k in range(8)) for i in range(N)]), rows=N),
    Case("labels often empty in the first column", "what,x,y\n"+lines([f"{'start' if i in (0,1) else ''},{x},{y}" for i,(x,y) in enumerate(zip(X,Y, strict=True))]), **WAVE, rows=N),
    Case("a date, mostly, and a word in the first rows", "when,x\n"+lines([f"{'unknown' if i<2 else str(m)},{x}" for i,(m,x) in enumerate(zip(QUART,X, strict=True))]), rows=198, left_out=2),
    Case("times of day as names and one date a row, with a gap of days", "d;"+";".join(f"{i:02}:00" for i in range(24))+"\n"+lines([f"{d:%Y-%m-%d};"+";".join(f"{X[(k*24+i)%N]}" for i in range(24)) for k,d in enumerate(DAYS[:20]) if k not in (3,4)]), rows=18, channel="all times in order", missing=48, gaps=1),
    Case("names that are times of a schedule, no dates", "line,"+",".join(f"{i:02}:00" for i in range(24))+"\n"+lines([f"{k},"+",".join(f"{X[(k*24+i)%N]}" for i in range(24)) for k in range(20)]), rows=20),
    Case("a rate whose unit is a word of the next fact", "Rate: 100 Channels: 2\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=100),
    Case("rate, cycles", "Sample rate: 50 samples per second\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=50),
    Case("dt in us", "dt: 20 us\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=50_000),
    Case("Sampling freq (kHz)", "Sampling frequency (kHz): 2\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=2000),
    Case("heart rate above", "Resting heart rate: 60 bpm\nx,y\n"+lines([f"{x},{y}" for x,y in zip(X,Y, strict=True)]), **WAVE, rate=None),
    Case("a column of ids with two numbers first", "run;x\n"+lines([f"A1-B{i};{x}" for i,x in enumerate(X)]), **WAVE, rows=N, rate=None),
    Case("unit column of one word that is no unit", "t_s,x,unit\n"+lines([f"{i},{x},pump 3" for i,x in enumerate(X)]), **WAVE, rate=1),
    Case("a column called data", "t_s,data\n"+lines([f"{i},{x}" for i,x in enumerate(X)]), **WAVE, rate=1, channel="data"),
    Case("blank-aligned with semicolons in a note", lines([f"{i} {x} a;b" for i,x in enumerate(X)]), rows=N),
    Case("tab table with blanks in texts", "t_s\tplace\tx\n"+lines([f"{i}\tNew York {i%3}\t{x}" for i,x in enumerate(X)]), **WAVE, rate=1),
    Case("SET as a name", "SET a,x\n"+lines([f"{i},{x}" for i,x in enumerate(X)]), **WAVE, rows=N),
    Case("CREATE as a name", "create,x\n"+lines([f"{i},{x}" for i,x in enumerate(X)]), **WAVE, rows=N),
    Case("m and s in names", "T,n,min,hr\n"+lines([f"{x},{i},{y},{60+i%9}" for i,(x,y) in enumerate(zip(X,Y, strict=True))]), **WAVE, channel="T", rows=N),
    Case("French dates with à", "Date;x\n"+lines([f"{m:%d/%m/%Y} à {m:%H:%M};{comma(x)}" for m,x in zip(QUART,X, strict=True)]), **WAVE, **Q, asks=("order",)),
    Case("German Uhr", "Zeit;x\n"+lines([f"{m:%d.%m.%Y} {m:%H:%M} Uhr;{comma(x)}" for m,x in zip(QUART,X, strict=True)]), **WAVE, **Q),
    Case("eras by letters", "date,x\n"+lines([f"R{m.year-2018}.{m.month:02}.{m.day:02},{x}" for m,x in zip(DAYS,X, strict=True)]), rows=N),
]  # fmt: skip
"""Tables that look like another kind and are none."""

PROGRAM: list[Case] = [*PRINTED, *KEPT, *ORDINARY]
