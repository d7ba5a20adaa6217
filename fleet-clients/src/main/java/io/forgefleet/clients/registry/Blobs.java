package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;

/** Blobs of one registry, as files of any size (OCI distribution specification, "pulling" and "pushing blobs"). */
final class Blobs {

    private static final Duration LONGEST_READ = Duration.ofMinutes(10);

    private final Exchange exchange;

    Blobs(Exchange exchange) {
        this.exchange = exchange;
    }

    boolean has(String repository, Digest digest) throws ClientException, InterruptedException {
        String tried = "look for " + exchange.name(repository, digest.value());
        HttpResponse<byte[]> answer = exchange.send(
                tried,
                Exchange.pull(repository),
                HttpRequest.newBuilder(uri(repository, digest)).HEAD());
        if (answer.statusCode() == 404) {
            return false;
        }
        if (answer.statusCode() / 100 != 3) {
            Exchange.check(tried, answer);
        }
        return true;
    }

    /** Uploads a file in one piece, unless it is there. */
    void upload(String repository, Digest digest, Path file) throws IOException, ClientException, InterruptedException {
        if (has(repository, digest)) {
            return;
        }
        String tried = "upload " + exchange.name(repository, digest.value());
        HttpResponse<byte[]> begun = Exchange.check(
                tried,
                exchange.send(
                        tried,
                        Exchange.push(repository),
                        HttpRequest.newBuilder(exchange.uri("/v2/" + repository + "/blobs/uploads/"))
                                .POST(BodyPublishers.noBody())));
        String location = begun.headers()
                .firstValue("Location")
                .orElseThrow(() -> new ClientException(
                        Kind.REFUSED, "could not " + tried + ": the registry does not say whereto"));
        URI to = begun.uri().resolve(location);
        URI whole = URI.create(to + (to.getRawQuery() == null ? "?" : "&") + "digest=" + digest);
        Exchange.check(
                tried,
                exchange.transfer(
                        tried,
                        Exchange.push(repository),
                        HttpRequest.newBuilder(whole)
                                .header("Content-Type", "application/octet-stream")
                                .PUT(BodyPublishers.ofFile(file))));
    }

    /** Downloads into a file and checks the bytes. */
    void download(String repository, Digest digest, Path into)
            throws IOException, ClientException, InterruptedException {
        String tried = "download " + exchange.name(repository, digest.value());
        HttpResponse<Path> answer = exchange.download(
                tried, Exchange.pull(repository), HttpRequest.newBuilder(uri(repository, digest)), into);
        if (answer.statusCode() != 200) {
            throw new ClientException(
                    HttpCalls.kind(answer.statusCode(), false),
                    "could not " + tried + ": answered " + answer.statusCode());
        }
        if (!digestOf(into).equals(digest)) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": its bytes have another digest");
        }
    }

    /** Reads while it comes, and checks the bytes at the end: what the reader made of them counts only when this returns. */
    <T> T read(String repository, Digest digest, long size, Registry.BlobReader<T> reader)
            throws IOException, ClientException, InterruptedException {
        MessageDigest hash = Digest.sha256();
        T result = readUnverified(repository, digest, size, in -> {
            InputStream hashed = new DigestInputStream(in, hash);
            T made = reader.read(hashed);
            hashed.transferTo(OutputStream.nullOutputStream());
            return made;
        });
        if (!Digest.of(hash).equals(digest)) {
            throw new ClientException(
                    Kind.UNAVAILABLE,
                    "could not download " + exchange.name(repository, digest.value())
                            + ": its bytes have another digest");
        }
        return result;
    }

    /** The same for a reader that knows by itself what the bytes have to be. */
    <T> T readUnverified(String repository, Digest digest, long size, Registry.BlobReader<T> reader)
            throws IOException, ClientException, InterruptedException {
        String tried = "download " + exchange.name(repository, digest.value());
        HttpResponse<InputStream> answer =
                exchange.open(tried, Exchange.pull(repository), HttpRequest.newBuilder(uri(repository, digest)));
        Thread limit = Thread.ofVirtual().start(() -> closeAfter(LONGEST_READ, answer.body()));
        try (CheckedBlob in = new CheckedBlob(answer.body(), size)) {
            if (answer.statusCode() != 200) {
                throw new ClientException(
                        HttpCalls.kind(answer.statusCode(), false),
                        "could not " + tried + ": answered " + answer.statusCode());
            }
            T result = reader.read(in);
            in.transferTo(OutputStream.nullOutputStream());
            return result;
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
        } catch (CheckedBlob.BrokenException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + e.getMessage(), e);
        } finally {
            limit.interrupt();
        }
    }

    private static void closeAfter(Duration time, InputStream body) {
        try {
            Thread.sleep(time);
            body.close();
        } catch (InterruptedException | IOException e) {
            // it was read in time, or is broken for its reader as well
        }
    }

    private URI uri(String repository, Digest digest) {
        return exchange.uri("/v2/" + repository + "/blobs/" + digest);
    }

    private static Digest digestOf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest hash = Digest.sha256();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hash.update(buffer, 0, read);
            }
            return Digest.of(hash);
        }
    }
}
