package io.forgefleet.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {

    private static final String LOOPBACK = "listen: {management: '127.0.0.1:0'}\npublicUrl: 'https://fleet.example'\n";
    private static final String OPEN = "listen: {management: '0.0.0.0:0'}\napi: {token: '${env:TOKEN}'}\n";

    private Service service = start(LOOPBACK);

    @AfterEach
    void stop() throws Exception {
        service.stop();
    }

    @Test
    void readinessNamesWhatIsMissing() throws Exception {
        assertThat(get("/health/ready", "localhost")).startsWith("HTTP/1.1 200").contains("\"ready\":true");
        Readiness.Part kafka = service.readiness().add("kafka", "waiting for kafka:9092");
        service.readiness().add("broken", () -> {
            throw new IllegalStateException("no answer");
        });
        assertThat(get("/health/ready", "localhost"))
                .startsWith("HTTP/1.1 503")
                .contains("\"ready\":false", "\"kafka\":\"waiting for kafka:9092\"", "no answer");
        assertThat(get("/health/live", "localhost")).startsWith("HTTP/1.1 200");
        kafka.ready();
        assertThat(service.readiness().missing()).containsOnlyKeys("broken");
        assertThatThrownBy(() -> service.readiness().add("kafka", "again")).hasMessageContaining("kafka");
    }

    @Test
    void metricsAreInPrometheusForm() throws Exception {
        service.meters().registry().counter("forgefleet.test", "kind", "a").increment();
        assertThat(get("/metrics", "127.0.0.1"))
                .startsWith("HTTP/1.1 200")
                .contains("forgefleet_test_total{kind=\"a\",service=\"test\"} 1.0", "jvm_memory_used_bytes");
    }

    @Test
    void aNameThatWasReboundToLoopbackIsRefused() throws Exception {
        for (String host :
                new String[] {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"}) {
            assertThat(get("/metrics", host)).as(host).startsWith("HTTP/1.1 403");
        }
        for (String host : new String[] {"localhost", "127.0.0.1", "LOCALHOST:99", "[::1]:8081", "fleet.example"}) {
            assertThat(get("/metrics", host)).as(host).startsWith("HTTP/1.1 200");
        }
        assertThat(send("GET /metrics HTTP/1.0\r\n\r\n")).doesNotContain(" 200 ");
    }

    @Test
    void aPageOfAnotherSiteCannotPost() throws Exception {
        service.management().router().post("/api/replays").handler(context -> context.response()
                .end("done"));
        String host = "localhost:" + service.management().port();
        assertThat(post(host, "")).contains("done");
        assertThat(post(host, "Origin: http://" + host + "\r\n")).contains("done");
        assertThat(post(host, "Origin: https://evil.example\r\n")).startsWith("HTTP/1.1 403");
        assertThat(post(host, "Origin: null\r\n")).startsWith("HTTP/1.1 403");
        assertThat(post(host, "Origin: http://localhost:1\r\n")).startsWith("HTTP/1.1 403");
    }

    @Test
    void beyondLoopbackAllButHealthWantsTheToken() throws Exception {
        service.stop();
        service = start(OPEN);
        service.management().router().get("/runs").handler(context -> context.response()
                .end("runs"));
        String basic = Base64.getEncoder().encodeToString("anybody:t0ken".getBytes(StandardCharsets.UTF_8));
        String basicWrong = Base64.getEncoder().encodeToString("t0ken:".getBytes(StandardCharsets.UTF_8));
        assertThat(get("/health/ready", "gateway")).startsWith("HTTP/1.1 200");
        assertThat(get("/health/live", "gateway")).startsWith("HTTP/1.1 200");
        for (String path : new String[] {"/metrics", "/runs", "/nothing"}) {
            assertThat(get(path, "gateway"))
                    .as(path)
                    .startsWith("HTTP/1.1 401")
                    .containsIgnoringCase("www-authenticate")
                    .doesNotContain("t0ken");
        }
        for (String authorization : new String[] {
            "Bearer t0ken ", "bearer t0ken", "Basic " + basic,
        }) {
            assertThat(get("/runs", "gateway\r\nAuthorization: " + authorization))
                    .as(authorization)
                    .endsWith("runs");
        }
        for (String authorization : new String[] {
            "Bearer",
            "Bearer ",
            "Bearer t0ke",
            "Bearer t0kenn",
            "t0ken",
            "Basic t0ken",
            "Basic !",
            "Basic " + basicWrong,
        }) {
            assertThat(get("/runs", "gateway\r\nAuthorization: " + authorization))
                    .as(authorization)
                    .startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void aPortInUseIsNamed() {
        assertThatThrownBy(() -> Service.start(
                        "second",
                        FleetConfig.parse(
                                "listen: {management: '127.0.0.1:"
                                        + service.management().port() + "'}",
                                Map.of())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("listen.management 127.0.0.1:")
                .hasMessageContaining("set another address");
    }

    @Test
    void linksNameThePortInUse() throws Exception {
        assertThat(service.publicUrl()).hasToString("https://fleet.example");
        service.stop();
        service = start("listen: {management: '127.0.0.1:0'}");
        assertThat(service.publicUrl())
                .hasToString("http://127.0.0.1:" + service.management().port());
    }

    private static Service start(String yaml) {
        try {
            return Service.start("test", FleetConfig.parse(yaml, Map.of("TOKEN", "t0ken")));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String get(String path, String host) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    private String post(String host, String headers) throws IOException {
        return send("POST /api/replays HTTP/1.1\r\nHost: " + host + "\r\n" + headers
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    }

    private String send(String request) throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), service.management().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
