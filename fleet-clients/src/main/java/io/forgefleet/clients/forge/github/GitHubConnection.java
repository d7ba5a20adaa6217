package io.forgefleet.clients.forge.github;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.http.HttpCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.kohsuke.github.connector.GitHubConnector;
import org.kohsuke.github.connector.GitHubConnectorRequest;
import org.kohsuke.github.connector.GitHubConnectorResponse;

/** The requests of github-api, bounded as all others are: the library itself waits without end. */
final class GitHubConnection implements GitHubConnector {

    private final HttpCalls calls;

    GitHubConnection(HttpCalls calls) {
        this.calls = calls;
    }

    @Override
    public GitHubConnectorResponse send(GitHubConnectorRequest request) throws IOException {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(request.url().toString()));
        request.allHeaders().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        BodyPublisher body =
                request.hasBody() ? BodyPublishers.ofByteArray(request.body().readAllBytes()) : BodyPublishers.noBody();
        if (request.hasBody() && request.contentType() != null) {
            builder.setHeader("Content-Type", request.contentType());
        }
        builder.method(request.method(), body);
        try {
            return new Answer(request, calls.send("ask GitHub", builder.build()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        } catch (ClientException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static final class Answer extends GitHubConnectorResponse.ByteArrayResponse {
        private final byte[] body;

        Answer(GitHubConnectorRequest request, HttpResponse<byte[]> response) {
            super(request, response.statusCode(), response.headers().map());
            this.body = response.body();
        }

        @Override
        protected InputStream rawBodyStream() {
            return new ByteArrayInputStream(body);
        }
    }
}
