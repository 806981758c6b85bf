# Mnemoscope in a container: CPU by default, CUDA by build argument.
#   docker build -t mnemoscope .
#   docker build -t mnemoscope:cuda --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130 .
#   docker build -t mnemoscope-cluster --build-arg EXTRAS=cluster,ray .

FROM node:22-slim AS page
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.12-slim AS packages
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG TORCH_VERSION=2.13.0
RUN python -m venv /opt/mnemoscope
ENV PATH=/opt/mnemoscope/bin:$PATH
RUN --mount=type=cache,target=/var/cache/pip pip install --cache-dir /var/cache/pip --index-url ${TORCH_INDEX} torch==${TORCH_VERSION}
WORKDIR /build
COPY pyproject.toml hatch_build.py README.md LICENSE constraints.txt ./
COPY checkpoints checkpoints
COPY models models
COPY server server
COPY frontend/build.py frontend/build.py
COPY frontend/mnemoscope_viewer frontend/mnemoscope_viewer
COPY --from=page /build/frontend/mnemoscope_viewer/static frontend/mnemoscope_viewer/static
ARG EXTRAS=""
RUN --mount=type=cache,target=/var/cache/pip pip install --cache-dir /var/cache/pip ".${EXTRAS:+[${EXTRAS}]}"

FROM python:3.12-slim
RUN useradd --system --uid 999 --home-dir /data --shell /usr/sbin/nologin mnemoscope \
 && mkdir /data && chown mnemoscope /data
COPY --from=packages /opt/mnemoscope /opt/mnemoscope
ENV PATH=/opt/mnemoscope/bin:$PATH MNEMOSCOPE_DATA_DIR=/data PYTHONUNBUFFERED=1
USER mnemoscope
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["mnemoscope", "serve", "--host", "0.0.0.0", "--port", "8000", "--no-browser"]
