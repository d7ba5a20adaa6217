package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.http.HttpCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Requests and answers of one registry, with what lets us in. Thread-safe. */
final class Exchange {

    private static final String HUB = "docker.io";
    private static final Duration TRANSFER = Duration.ofMinutes(10);
    private static final int MOST_REDIRECTS = 3;

    private final String host;
    private final URI base;
    private final HttpCalls calls;
    private final HttpCalls transfers = new HttpCalls(TRANSFER);
    private final Access access;

    Exchange(String host, boolean plainHttp, DockerCredentials credentials, Duration timeout) {
        this.host = host;
        this.base =
                URI.create((plainHttp ? "http://" : "https://") + (host.equals(HUB) ? "registry-1.docker.io" : host));
        this.calls = new HttpCalls(timeout);
        this.access = new Access(calls, credentials, host, plainHttp);
    }

    /** Of a path from the root: {@code /v2/}. */
    URI uri(String path) {
        return base.resolve(path);
    }

    HttpResponse<byte[]> send(String tried, String scope, HttpRequest.Builder request)
            throws ClientException, InterruptedException {
        return send(calls, tried, scope, request);
    }

    /** As {@link #send}, for bodies that take their time. */
    HttpResponse<byte[]> transfer(String tried, String scope, HttpRequest.Builder request)
            throws ClientException, InterruptedException {
        return send(transfers, tried, scope, request);
    }

    /** Gets what may lie in a store elsewhere, which is not to see the credentials of the registry. */
    HttpResponse<byte[]> follow(String tried, String scope, HttpRequest.Builder request)
            throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = send(tried, scope, request);
        for (int i = 0; i < MOST_REDIRECTS && answer.statusCode() / 100 == 3; i++) {
            answer =
                    calls.send(tried, HttpRequest.newBuilder(redirected(answer)).build());
        }
        return answer;
    }

    /** As {@link #follow}, into a file. */
    HttpResponse<Path> download(String tried, String scope, HttpRequest.Builder request, Path into)
            throws ClientException, InterruptedException {
        return follow(tried, scope, request, to -> transfers.download(tried, to, into), unread -> {});
    }

    /** As {@link #follow}, with a body that is still to be read, and closed. */
    HttpResponse<InputStream> open(String tried, String scope, HttpRequest.Builder request)
            throws ClientException, InterruptedException {
        return follow(tried, scope, request, to -> calls.open(tried, to), Exchange::closeQuietly);
    }

    @FunctionalInterface
    private interface Sending<T> {
        HttpResponse<T> send(HttpRequest request) throws ClientException, InterruptedException;
    }

    private <T> HttpResponse<T> follow(
            String tried, String scope, HttpRequest.Builder request, Sending<T> sending, Consumer<T> drop)
            throws ClientException, InterruptedException {
        authorize(scope, request);
        HttpResponse<T> answer = sending.send(request.build());
        if (answer.statusCode() == 401) {
            // the challenge is answered from a short request, since this one's body is a file
            HttpResponse<byte[]> challenged = calls.send(
                    tried,
                    HttpRequest.newBuilder(answer.uri())
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .build());
            String authorization = access.answer(scope, challenged);
            if (authorization != null) {
                drop.accept(answer.body());
                answer = sending.send(
                        request.setHeader("Authorization", authorization).build());
            }
        }
        for (int i = 0; i < MOST_REDIRECTS && answer.statusCode() / 100 == 3; i++) {
            drop.accept(answer.body());
            answer = sending.send(HttpRequest.newBuilder(redirected(answer)).build());
        }
        return answer;
    }

    private static void closeQuietly(InputStream unread) {
        try {
            unread.close();
        } catch (IOException e) {
            // it was not wanted
        }
    }

    static HttpResponse<byte[]> check(String tried, HttpResponse<byte[]> answer) throws ClientException {
        if (answer.statusCode() / 100 != 2) {
            throw HttpCalls.failure(tried, answer);
        }
        return answer;
    }

    String name(String repository, String reference) {
        return host + "/" + repository + (reference.startsWith("sha256:") ? "@" : ":") + reference;
    }

    static String pull(String repository) {
        return "repository:" + repository + ":pull";
    }

    static String push(String repository) {
        return "repository:" + repository + ":pull,push";
    }

    static String delete(String repository) {
        return "repository:" + repository + ":pull,push,delete";
    }

    private HttpResponse<byte[]> send(HttpCalls by, String tried, String scope, HttpRequest.Builder request)
            throws ClientException, InterruptedException {
        authorize(scope, request);
        HttpResponse<byte[]> answer = by.send(tried, request.build());
        if (answer.statusCode() == 401) {
            String authorization = access.answer(scope, answer);
            if (authorization != null) {
                return by.send(
                        tried, request.setHeader("Authorization", authorization).build());
            }
        }
        return answer;
    }

    private void authorize(String scope, HttpRequest.Builder request) {
        String known = access.known(scope);
        if (known != null) {
            request.setHeader("Authorization", known);
        }
    }

    private static URI redirected(HttpResponse<?> answer) {
        return answer.uri().resolve(answer.headers().firstValue("Location").orElse(""));
    }
}
