"""Files of meters, weather stations, statistics offices, banks and lands, each with its truth: how dates and numbers are written there."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from tests.signals.reading_cases import DAY, MONTH, WAVE, Case, N, X, Y, comma

T = list(range(N))
S = datetime(2026, 3, 1)


def moments(step: timedelta = timedelta(minutes=15), n: int = N) -> list[datetime]:
    return [S + i * step for i in range(n)]


def lines(rows: list[str]) -> str:
    return "\n".join(rows) + "\n"


SEC, QUART, HOUR = moments(timedelta(seconds=1)), moments(), moments(timedelta(hours=1))
DAYS, HALF = moments(timedelta(days=1)), moments(timedelta(minutes=30))
BOTH = list(zip(X, Y, strict=True))
Q: dict[str, Any] = {"rate": 1 / 900}
H: dict[str, Any] = {"rate": 1 / 3600}

MON = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

ENERGY = [
    Case("Fronius: a format of dates beside the units", "Datum und Uhrzeit;Energie | Symo 8.2;Leistung\n[dd.MM.yyyy HH:mm];[Wh];[kW]\n"+lines([f"{m:%d.%m.%Y %H:%M};{comma(x)};{comma(y)}" for m,x,y in zip(QUART,X,Y, strict=True)]), **WAVE, unit="Wh", **Q),
    Case("Octopus", "Consumption (kWh), Estimated Cost Inc. Tax (p), Start, End\n"+lines([f"{x}, {y+9:.3f}, {m:%Y-%m-%dT%H:%M}:00+00:00, {m+timedelta(minutes=30):%Y-%m-%dT%H:%M}:00+00:00" for m,x,y in zip(HALF,X,Y, strict=True)]), **WAVE, channel="Consumption", unit="kWh", rate=1/1800),
    Case("Green Button", "Name,JANE DOE\nAddress,1 MAIN ST SAN FRANCISCO CA 94105\nAccount Number,1234567890\nService,Service 1\n\nTYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES\n"+lines([f"Electric usage,{m:%Y-%m-%d},{m:%H:%M},{m+timedelta(minutes=14):%H:%M},{x},kWh,${y+9:.2f}," for m,x,y in zip(QUART,X,Y, strict=True)]), **WAVE, channel="USAGE", **Q),
    Case("Enedis", "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite;Pas en minutes\n12345678901234;Courbe de charge;01/03/2026;05/03/2026;Energie active;Consommation;Comptage Brut;W;30\nHorodate;Valeur\n"+lines([f"{m:%Y-%m-%dT%H:%M}:00+01:00;{round(x*10)}" for m,x in zip(HALF,X, strict=True)]), channel="Valeur", low=400, high=600, rate=1/1800),
    Case("a day a row, a quarter of an hour a column", "Data;"+";".join(f"{i//4:02}:{i%4*15:02}" for i in range(96))+"\n"+lines([f"{d:%d/%m/%Y};"+";".join(comma(50+10*math.sin((k*96+i)/20),3) for i in range(96)) for k,d in enumerate(DAYS[:30])]), asks=("decimal sign",), rows=30, channel="all times in order", low=40, high=60),
    Case("Spain: hours 1 to 24", "CUPS;Fecha;Hora;AE_kWh;REAL/ESTIMADO\n"+lines([f"ES0031;{m:%d/%m/%Y};{m.hour+1};{comma(x,3)};R" for m,x in zip(HOUR,X, strict=True)]), **WAVE, unit="kWh", **H),
    Case("ENTSO-E", '"MTU (CET/CEST)","Day-ahead Total Load Forecast [MW] - BZN|DE-LU","Actual Total Load [MW] - BZN|DE-LU"\n'+lines([f'"{m:%d.%m.%Y %H:%M} - {m+timedelta(minutes=15):%d.%m.%Y %H:%M}","{round(x*1000)}","{"-" if i==9 else round(x*1000)+50}"' for i,(m,x) in enumerate(zip(QUART,X, strict=True))]), low=40_000, high=60_000, unit="MW", **Q),
    Case("SMA Sunny Portal", ";Anlage A\n;Leistung / Mittelwerte [kW]\n"+lines([f"{m:%H:%M};{comma(x,3)}" for m in QUART[:96] for x in [X[QUART.index(m)]]]), rows=96, rate=1/900, low=40, high=60),
]  # fmt: skip

WEATHER = [
    Case("WeatherLink", "                  Temp     Hi    Low   Out    Dew  Wind  Wind\n  Date    Time     Out   Temp   Temp   Hum    Pt. Speed   Dir\n"+"-"*60+"\n"+lines([f"{m.day:02}/{m.month:02}/{m:%y} {m:%H:%M}   {x:5} {x+1:6.2f} {x-1:6.2f}    {round(y+50)}   {y:5.1f}   {'---' if i==9 else '3.0'}   NNW" for i,(m,x,y) in enumerate(zip(QUART,X,Y, strict=True))]), **WAVE, **Q),
    Case("Meteoblue", "location,Basel,Basel\nlat,47.56,47.56\nlon,7.57,7.57\nasl,279,279\nvariable,Temperature,Precipitation Total\nunit,°C,mm\nlevel,2 m elevation corrected,sfc\nresolution,hourly,hourly\naggregation,None,None\ntimestamp,Basel Temperature [2 m elevation corrected],Basel Precipitation Total\n"+lines([f"{m:%Y%m%dT%H%M},{x},{y+4:.1f}" for m,x,y in zip(HOUR,X,Y, strict=True)]), **WAVE, **H),
    Case("Open-Meteo", "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation\n52.52,13.419998,38.0,0,GMT,GMT\n\ntime,temperature_2m (°C),rain (mm)\n"+lines([f"{m:%Y-%m-%dT%H:%M},{x},{y+4:.2f}" for m,x,y in zip(HOUR,X,Y, strict=True)]), **WAVE, channel="temperature_2m", unit="°C", **H),
    Case("GHCN daily CSV with attributes", '"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","PRCP","PRCP_ATTRIBUTES","TMAX","TMAX_ATTRIBUTES"\n'+lines([f'"USW00094728","{m:%Y-%m-%d}","40.77","-73.96","42.7","NY CITY CENTRAL PARK, NY US","{i%3}",",,W,2400","  {round(x)}",",,W"' for i,(m,x) in enumerate(zip(DAYS,X, strict=True))]), rate=DAY, rows=N),
    Case("Iowa METAR", "#DEBUG: Format Typ    -> comma\n#DEBUG: Time Period   -> 2026-03-01 2026-03-10\nstation,valid,tmpf,p01i\n"+lines([f"AMW,{m:%Y-%m-%d %H:%M},{'M' if i==7 else x},{'T' if i%50==3 else '0.00'}" for i,(m,x) in enumerate(zip(HOUR,X, strict=True))]), **WAVE, channel="tmpf", missing=1, cure={"missing": ["m", "t"]}, **H),
    Case("Bureau of Meteorology", "Product code,Bureau of Meteorology station number,Year,Month,Day,Rainfall amount (millimetres),Period over which rainfall was measured (days),Quality\n"+lines([f"IDCJAC0009,066062,{m:%Y},{m:%m},{m:%d},{x},1,Y" for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY, channel="Rainfall amount", unit="mm"),
    Case("KNMI", lines(["# BRON: KONINKLIJK NEDERLANDS METEOROLOGISCH INSTITUUT (KNMI)","# STN         LON(east)   LAT(north)  ALT(m)      NAME","# 260         5.180       52.100      1.900       De Bilt","# T         : Temperature (in 0.1 degrees Celsius)","# STN,YYYYMMDD,   HH,    T,   RH","#",*[f"  260,{m:%Y%m%d},{m.hour+1:5},{round(x*10):5},   {'-1' if i%9 else '  '}" for i,(m,x) in enumerate(zip(HOUR,X, strict=True))]]), channel="T", low=400, high=600, **H),
    Case("USGS RDB", lines(["# ---------------------------------- WARNING ----------------------------------------","# Data for the following 1 site(s) are contained in this file","#    USGS 01646500 POTOMAC RIVER","#","agency_cd\tsite_no\tdatetime\ttz_cd\t69928_00060\t69928_00060_cd","5s\t15s\t20d\t6s\t14n\t10s",*[f"USGS\t01646500\t{m:%Y-%m-%d %H:%M}\tEST\t{x}\tA" for m,x in zip(QUART,X, strict=True)]]), **WAVE, channel="69928_00060", **Q),
    Case("UHSLC", lines([f"{m.year},{m.month},{m.day},{m.hour},{round(x*10)}" for m,x in zip(HOUR,X, strict=True)]), low=400, high=600, **H),
    Case("FLUXNET", "TIMESTAMP_START,TIMESTAMP_END,TA_F,P_F\n"+lines([f"{m:%Y%m%d%H%M},{m+timedelta(minutes=30):%Y%m%d%H%M},{-9999 if i in (5,6) else x},0.0" for i,(m,x) in enumerate(zip(HALF,X, strict=True))]), channel="TA_F", rate=1/1800),
    Case("SILSO", lines([f"{y};{m:02};{y+(m-0.5)/12:8.3f};{X[(y-2009)*12+m-1]:6};  {5.1};   {800};{1}" for y in range(2009,2025) for m in range(1,13)]), rows=192, rate=MONTH, low=40, high=60),
]  # fmt: skip

PROGRAMS = [
    Case("R prints a series by month", "     "+" ".join(f"{m:>5}" for m in MON)+"\n"+lines([f"{1949+k} "+" ".join(f"{X[k*12+i]:5}" for i in range(12)) for k in range(16)]), rows=16, channel="all months in order", low=40, high=60),
    Case("R write.csv with row names and NA", '"","time","x"\n'+lines([f'"{i+1}",{i*0.5},{"NA" if i==3 else x}' for i,x in enumerate(X)]), channel="x", missing=1, rate=2),
    Case("Octave text", "# Created by Octave 8.4.0, Sun Mar 01 10:00:00 2026 UTC <a@b>\n# name: data\n# type: matrix\n# rows: 200\n# columns: 2\n"+lines([f" {x} {y}" for x,y in zip(X,Y, strict=True)])+"\n\n", **WAVE, rate=None),
    Case("MATLAB save -ascii", lines([f"  {i*0.01:.7e}   {x:.7e}" for i,x in enumerate(X)]), rows=N),
    Case("MATLAB prints a variable", "\nx =\n\n"+lines([f"   {x:.4f}" for x in X])+"\n", rows=N, **WAVE, rate=None),
    Case("a MATLAB script", "fs = 100;\nx = ["+" ".join(map(str,X))+"];\n", refused="a script"),
    Case("gnuplot blocks", "# t x\n"+lines([f"{i} {x}" for i,x in enumerate(X[:100])])+"\n\n"+lines([f"{i} {x}" for i,x in enumerate(X[100:])]), rows=100, asks=("table",)),
]  # fmt: skip

FINANCE = [
    Case("Binance klines", lines([f"{1772323200000000+i*60_000_000},{x},{x+1},{x-1},{x},12.5,{1772323259999999+i*60_000_000},100.0,{i%7+3},5.0,50.0,0" for i,x in enumerate(X)]), low=40, high=60, rate=1/60),
    Case("FRED", "observation_date,UNRATE\n"+lines([f"{2009+i//12}-{i%12+1:02}-01,{'.' if i==5 else x}" for i,x in enumerate(X)]), rows=N, channel="UNRATE", missing=1, rate=MONTH),
    Case("ECB", '"DATE","TIME PERIOD","EUR/USD (EXR.D.USD.EUR.SP00.A)"\n'+lines([f'"{m:%Y-%m-%d}","{m:%d %b %Y}","{x}"' for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY),
    Case("Bundesbank", '"";BBEX3.D.USD;BBEX3.D.USD_FLAGS\n"";Devisenkurs USD;\nEinheit;US-Dollar;\nDimension;Eins;\nStand vom;01.03.2026 10:00:00;\n'+lines([f"{m:%Y-%m-%d};{'.' if m.weekday()>4 else comma(x,4)};{'Kein Wert vorhanden' if m.weekday()>4 else ''}" for m,x in zip(DAYS,X, strict=True)]), rate=DAY, rows=N),
    Case("Eurostat", "freq,unit,geo\\TIME_PERIOD\t"+"\t".join(f"{2009+i//12}-{i%12+1:02} " for i in range(N))+"\nM,I15,DE\t"+"\t".join(f"{x} {'p' if i==9 else ''}" for i,x in enumerate(X))+"\nM,I15,FR\t"+"\t".join(": " if i==4 else f"{y} " for i,y in enumerate(Y))+"\n", rows=2, refused="59.6 p"),
    Case("Google Trends", "Category: All categories\n\nWeek,memory: (Worldwide)\n"+lines([f"{m:%Y-%m-%d},{'<1' if i==5 else round(x)}" for i,(m,x) in enumerate(zip(moments(timedelta(days=7)),X, strict=True))]), rate=DAY/7, rows=N, low=40, high=60, missing=1, cure={"missing": ["<1"]}),
]  # fmt: skip

LANDS = [
    Case("Hungary", "Idő;Hőmérséklet\n"+lines([f"{m.year}. {m.month:02}. {m.day:02}. {m:%H:%M};{comma(x)}" for m,x in zip(QUART,X, strict=True)]), **WAVE, **Q),
    Case("Czechia", "Čas;Teplota\n"+lines([f"{m.day}. {m.month}. {m.year} {m.hour}:{m:%M};{comma(x)}" for m,x in zip(QUART,X, strict=True)]), **WAVE, **Q),
    Case("Finland", "Aika;Lämpötila\n"+lines([f"{m.day}.{m.month}.{m.year} klo {m.hour}.{m:%M};{comma(x)}" for m,x in zip(QUART,X, strict=True)]), **WAVE, **Q),
    Case("Denmark", "Tid;Temperatur\n"+lines([f"{m:%d.%m.%Y} kl. {m:%H.%M};{comma(x)}" for m,x in zip(QUART,X, strict=True)]), **WAVE, **Q),
    Case("Turkey", "Tarih;Sıcaklık\n"+lines([f"{m.day} {['Oca', 'Şub', 'Mar', 'Nis', 'May', 'Haz', 'Tem', 'Ağu', 'Eyl', 'Eki', 'Kas', 'Ara'][m.month-1]} {m.year};{comma(x)}" for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY),
    Case("Poland", "Data;Temperatura\n"+lines([f"{m.day} {['sty', 'lut', 'mar', 'kwi', 'maj', 'cze', 'lip', 'sie', 'wrz', 'paź', 'lis', 'gru'][m.month-1]} {m.year};{comma(x)}" for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY),
    Case("Russia", "Дата;Температура\n"+lines([f"{m.day} {['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря'][m.month-1]} {m.year} г.;{comma(x)}" for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY),
    Case("Brazil", "Data;Valor\n"+lines([f"{m.day:02}/{['jan', 'fev', 'mar', 'abr', 'mai', 'jun', 'jul', 'ago', 'set', 'out', 'nov', 'dez'][m.month-1]}/{m.year};R$ {comma(x)}" for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY),
    Case("Iran: years of its own calendar", "تاریخ,دما\n"+lines([f"{1404 + (i//360)}/{i//30%12+1:02}/{i%30+1:02},{x}" for i,x in enumerate(X)]), rows=N, rate=None, asks=("time",)),
    Case("Japan: eras", "日付,気温\n"+lines([f"令和{m.year-2018}年{m.month}月{m.day}日,{x}" for m,x in zip(DAYS,X, strict=True)]), **WAVE, rate=DAY),
    Case("JMA: Japan's weather", "ダウンロードした時刻：2026/03/10 10:00:00\n\n,東京,東京,東京\n年月日時,気温(℃),気温(℃),気温(℃)\n,,品質情報,均質番号\n".encode("shift_jis")+lines([f"{m.year}/{m.month}/{m.day} {m.hour}:00:00,{x},8,1" for m,x in zip(HOUR,X, strict=True)]).encode("shift_jis"), **WAVE, **H),
]  # fmt: skip

TIMES = [
    Case("a colon before the milliseconds", "time,x\n"+lines([f"{m:%H:%M:%S}:{m.microsecond//1000:03},{x}" for m,x in zip(moments(timedelta(milliseconds=20)),X, strict=True)]), **WAVE, rate=50),
    Case("hours, minutes and seconds with letters", "time,x\n"+lines([f"{i//60}m {i%60}s,{x}" for i,x in enumerate(X)]), **WAVE, rate=1),
    Case("RTKLIB", lines(["% program   : RTKPOST ver.2.4.3","% inp file  : a.obs","%","%  GPST                  latitude(deg) longitude(deg)  height(m)   Q  ns",*[f"{m:%Y/%m/%d %H:%M:%S}.000   {45+x/1000:.9f}   11.100000000   {x:9.4f}   1  {i%4+7}" for i,(m,x) in enumerate(zip(SEC,X, strict=True))]]), rows=N, rate=1),
    Case("GPS week and seconds", "week,tow,x\n"+lines([f"2408,{345600+i*0.5:.1f},{x}" for i,x in enumerate(X)]), channel="x", rate=2, cure={"time": ["tow"], "time_unit": "s"}),
    Case("the time stands last", "x,y,timestamp\n"+lines([f"{x},{y},{m.isoformat()}" for m,x,y in zip(QUART,X,Y, strict=True)]), **WAVE, **Q),
    Case("notes here and there in the last column", "t_s,x,note\n"+lines([f"{i/50},{x},{'arrhythmia' if 90 <= i < 95 else ''}" for i,x in enumerate(X)]), **WAVE, rate=50),
    Case("two columns of one name", "time,x,x\n"+lines([f"{i},{x},{y}" for i,(x,y) in enumerate(zip(X,Y, strict=True))]), **WAVE, rate=1),
    Case("LTspice", "time\tV(out)\tI(R1)\n"+lines([f"{i*1e-6*(1+0.3*(i%3)):.8e}\t{x:.6e}\t{y:.6e}" for i,x,y in zip(T,X,Y, strict=True)]), rows=N, channel="V(out)"),
    Case("Touchstone", "! VNA data\n# GHz S MA R 50\n"+lines([f"{1+i*0.01:.2f} {x} {y}" for i,x,y in zip(T,X,Y, strict=True)]), refused="Touchstone"),
]  # fmt: skip

EVERYDAY: list[Case] = [
    *ENERGY,
    *WEATHER,
    *PROGRAMS,
    *FINANCE,
    *LANDS,
    *TIMES,
]
