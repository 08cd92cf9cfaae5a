# Build:  docker build --tag helpdesk-gateway .
# Run:    docker run --publish 127.0.0.1:2525:2525 --volume gateway:/var/lib/gateway helpdesk-gateway
# With PostgreSQL: compose.yaml

FROM python:3.12-slim AS build
ENV UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/opt/gateway
RUN pip install --no-cache-dir uv
WORKDIR /src
# The dependencies first: they change less often than the code, and this layer is kept.
COPY pyproject.toml uv.lock LICENSE ./
RUN uv sync --frozen --no-dev --all-extras --no-install-project --compile-bytecode
COPY . .
RUN uv sync --frozen --no-dev --all-extras --no-editable --compile-bytecode

FROM python:3.12-slim
RUN groupadd --gid 1000 gateway \
    && useradd --uid 1000 --gid gateway --no-create-home --home-dir /var/lib/gateway \
        --shell /usr/sbin/nologin gateway \
    && install --directory --owner gateway --group gateway --mode 0700 /var/lib/gateway
COPY --from=build /opt/gateway /opt/gateway
# Another config is mounted over this one.
COPY deploy/container.toml /etc/gateway/gateway.toml
ENV PATH=/opt/gateway/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GATEWAY_CONFIG=/etc/gateway/gateway.toml \
    GATEWAY_DATABASE_URL=sqlite:////var/lib/gateway/gateway.db
USER gateway
WORKDIR /var/lib/gateway
VOLUME /var/lib/gateway
EXPOSE 2525
# Healthy is a daemon that greets and answers over SMTP.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import smtplib; smtplib.SMTP('127.0.0.1', 2525, timeout=4).quit()"]
ENTRYPOINT ["gateway"]
CMD ["serve"]
