# Images of the services, one target each: gateway, build-worker, cleanup-worker, release-worker; and stand-ins for the official images of Kafka and the
# registry where those cannot be pulled. The jars come from `mvn package` (target/lib of each module).
# BASE is any Debian 13 or newer, or an Ubuntu that has openjdk-25.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-25-jdk-headless binutils \
 && rm -rf /var/lib/apt/lists/*
# What the services use of the platform, and no compiler: a third of a whole JDK.
RUN "$(dirname "$(readlink -f "$(command -v javac)")")/jlink" --output /opt/java --strip-debug --no-header-files --no-man-pages --compress zip-6 \
    --add-modules java.base,java.logging,java.naming,java.management,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,java.desktop,jdk.management,jdk.unsupported,jdk.crypto.ec,jdk.zipfs

FROM ${BASE} AS service
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/forgefleet --create-home fleet
COPY --from=runtime /opt/java /opt/java
COPY deploy/health deploy/service deploy/train /usr/local/bin/
ENV FLEET_CONFIG=/etc/forgefleet/fleet.yml
ENV PATH=/opt/java/bin:$PATH
WORKDIR /var/lib/forgefleet
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["health"]

FROM service AS gateway
COPY webhook-gateway/target/lib /opt/forgefleet/lib
ENV SERVICE_MAIN=io.forgefleet.gateway.Main
RUN --mount=type=bind,source=fleet-host/target/lib,target=/broker BROKER_LIB=/broker train
USER fleet
EXPOSE 8080 8081
ENTRYPOINT ["service"]

FROM service AS build-worker
RUN apt-get update \
 && apt-get install -y --no-install-recommends git git-lfs docker-cli docker-buildx \
 && rm -rf /var/lib/apt/lists/*
COPY build-worker/target/lib /opt/forgefleet/lib
ENV SERVICE_MAIN=io.forgefleet.build.Main
RUN --mount=type=bind,source=fleet-host/target/lib,target=/broker BROKER_LIB=/broker train
USER fleet
EXPOSE 8081
ENTRYPOINT ["service"]

FROM service AS cleanup-worker
RUN apt-get update \
 && apt-get install -y --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/*
COPY cleanup-worker/target/lib /opt/forgefleet/lib
ENV SERVICE_MAIN=io.forgefleet.cleanup.Main
# It waits for others most of its time: what the second compiler makes faster is not worth the memory that it takes.
ENV JAVA_OPTIONS=-XX:TieredStopAtLevel=1
RUN --mount=type=bind,source=fleet-host/target/lib,target=/broker BROKER_LIB=/broker train
USER fleet
EXPOSE 8081
ENTRYPOINT ["service"]

# Brings git alone: cosign, Syft and the scanner, which it runs, are mounted as `fleet tools install --folder` leaves them, or added to
# this image at versions that somebody has looked at.
FROM service AS release-worker
RUN apt-get update \
 && apt-get install -y --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/*
COPY release-worker/target/lib /opt/forgefleet/lib
ENV SERVICE_MAIN=io.forgefleet.release.Main
ENV PATH=/opt/forgefleet-tools/bin:$PATH
RUN --mount=type=bind,source=fleet-host/target/lib,target=/broker BROKER_LIB=/broker train
USER fleet
EXPOSE 8081
ENTRYPOINT ["service"]

FROM service AS kafka
COPY fleet-host/target/lib /opt/forgefleet/lib
ENV SERVICE_MAIN=io.forgefleet.host.broker.BrokerMain
RUN mkdir -p /var/lib/kafka/data && chown -R fleet /var/lib/kafka
USER fleet
HEALTHCHECK NONE
ENTRYPOINT ["service"]

FROM service AS registry
RUN apt-get update \
 && apt-get install -y --no-install-recommends docker-registry wget \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /var/lib/registry && chown -R fleet /var/lib/registry
COPY deploy/registry.yml /etc/forgefleet/registry.yml
USER fleet
HEALTHCHECK NONE
ENTRYPOINT ["docker-registry", "serve", "/etc/forgefleet/registry.yml"]
