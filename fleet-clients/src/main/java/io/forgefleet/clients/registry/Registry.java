package io.forgefleet.clients.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One OCI registry, by the distribution specification. Thread-safe; every call blocks, ends within its timeout and stops
 * when its thread is interrupted. A repository is its path, without the registry's host: {@code team/app}.
 *
 * <p>Written on the JDK's HTTP client, for oras-java-sdk 0.7.0 waits for answers without end, writes an index anew
 * instead of byte for byte (so it cannot tag one by digest), may answer from a mirror of the machine's
 * {@code registries.conf}, refuses passwords with a colon, and does not tell when to retry.
 */
public final class Registry {

    private static final String ACCEPT = String.join(
            ", ", Manifest.OCI_INDEX, Manifest.OCI_MANIFEST, Manifest.DOCKER_LIST, Manifest.DOCKER_MANIFEST);
    private static final int PAGE = 1000;

    private final String host;
    private final Exchange exchange;
    private final Blobs blobs;

    /**
     * @param host with port where it is not the scheme's: {@code registry.example}, {@code 127.0.0.1:5000}
     * @param plainHttp whether it speaks HTTP without TLS
     * @param timeout for each exchange
     */
    public Registry(String host, boolean plainHttp, DockerCredentials credentials, Duration timeout) {
        this.host = host;
        this.exchange = new Exchange(host, plainHttp, credentials, timeout);
        this.blobs = new Blobs(exchange);
    }

    /** Whether it answers and lets us in. */
    public void ping() throws ClientException, InterruptedException {
        String tried = "reach registry " + host;
        Exchange.check(tried, exchange.send(tried, "", HttpRequest.newBuilder(exchange.uri("/v2/"))));
    }

    /** What a tag is now; empty when it is not there. One HEAD request. */
    public Optional<Digest> digest(String repository, String tag) throws ClientException, InterruptedException {
        String tried = "resolve " + host + "/" + repository + ":" + tag;
        HttpResponse<byte[]> answer = exchange.send(
                tried, Exchange.pull(repository), manifest(repository, tag).HEAD());
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        Exchange.check(tried, answer);
        Optional<String> digest = answer.headers().firstValue("Docker-Content-Digest");
        // the header is optional in the specification
        return Optional.of(
                digest.isPresent()
                        ? new Digest(digest.get())
                        : get(repository, tag).digest());
    }

    /**
     * A manifest or index.
     *
     * @param reference tag, or digest, which is checked then
     */
    public Manifest get(String repository, String reference) throws ClientException, InterruptedException {
        String tried = "get " + exchange.name(repository, reference);
        HttpResponse<byte[]> answer =
                Exchange.check(tried, exchange.send(tried, Exchange.pull(repository), manifest(repository, reference)));
        Manifest manifest = Manifest.of(
                answer.body(), answer.headers().firstValue("Content-Type").orElse(""));
        if (reference.startsWith("sha256:") && !manifest.digest().value().equals(reference)) {
            throw new ClientException(
                    Kind.UNAVAILABLE, "could not " + tried + ": the answer has digest " + manifest.digest());
        }
        return manifest;
    }

    /** {@link #get} of what may not be there: empty then. */
    public Optional<Manifest> find(String repository, String reference) throws ClientException, InterruptedException {
        try {
            return Optional.of(get(repository, reference));
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * A manifest or index that is there with every manifest that it names; empty where any of them is not. A registry lets
     * somebody delete the image of one platform and leave the index.
     */
    public Optional<Manifest> whole(String repository, Digest digest) throws ClientException, InterruptedException {
        Optional<Manifest> manifest = find(repository, digest.value());
        return manifest.isPresent() && isWhole(repository, manifest.get()) ? manifest : Optional.empty();
    }

    /** Whether every manifest that this one names is there: one HEAD request each, none for an image of one platform. */
    public boolean isWhole(String repository, Manifest manifest) throws ClientException, InterruptedException {
        for (Digest child : manifest.children()) {
            if (digest(repository, child.value()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Labels of an image of one platform; empty for an index. */
    public Map<String, String> labels(String repository, Manifest manifest)
            throws ClientException, InterruptedException {
        return Manifest.strings(
                configuration(repository, manifest).path("config").path("Labels"));
    }

    /** Layers of an image of one platform, from the base up; none for an index. */
    public List<ImageLayer> layers(String repository, Manifest manifest) throws ClientException, InterruptedException {
        List<String> history = new ArrayList<>();
        for (JsonNode entry : configuration(repository, manifest).path("history")) {
            if (!entry.path("empty_layer").asBoolean(false)) {
                history.add(entry.path("created_by").asText(""));
            }
        }
        List<Digest> digests = manifest.layers();
        List<Long> sizes = manifest.layerSizes();
        boolean complete = history.size() == digests.size();
        List<ImageLayer> layers = new ArrayList<>();
        for (int i = 0; i < digests.size(); i++) {
            layers.add(new ImageLayer(digests.get(i), sizes.get(i), complete ? history.get(i) : ""));
        }
        return layers;
    }

    private JsonNode configuration(String repository, Manifest manifest) throws ClientException, InterruptedException {
        Optional<Digest> digest = manifest.config();
        if (digest.isEmpty()) {
            return MissingNode.getInstance();
        }
        String tried = "get the configuration of "
                + exchange.name(repository, manifest.digest().value());
        return tree(tried, small(tried, repository, digest.get()));
    }

    /** A blob of at most 8 MiB, whose bytes are checked. */
    public byte[] blob(String repository, Digest digest) throws ClientException, InterruptedException {
        return small("get " + exchange.name(repository, digest.value()), repository, digest);
    }

    private byte[] small(String tried, String repository, Digest digest) throws ClientException, InterruptedException {
        URI uri = exchange.uri("/v2/" + repository + "/blobs/" + digest);
        byte[] blob = Exchange.check(
                        tried, exchange.follow(tried, Exchange.pull(repository), HttpRequest.newBuilder(uri)))
                .body();
        if (!Digest.of(blob).equals(digest)) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": its bytes have another digest");
        }
        return blob;
    }

    /**
     * Puts a manifest of the same repository under a tag, byte for byte; the tag moves if it was there.
     */
    public void tag(String repository, Manifest manifest, String tag) throws ClientException, InterruptedException {
        String tried = "tag " + exchange.name(repository, manifest.digest().value()) + " as " + tag;
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(repository, tag))
                .header("Content-Type", manifest.mediaType())
                .PUT(BodyPublishers.ofByteArray(manifest.bytes()));
        HttpResponse<byte[]> answer = Exchange.check(tried, exchange.send(tried, Exchange.push(repository), request));
        Optional<String> digest = answer.headers().firstValue("Docker-Content-Digest");
        if (digest.isPresent() && !digest.get().equals(manifest.digest().value())) {
            throw new ClientException(Kind.REFUSED, "could not " + tried + ": the registry made it " + digest.get());
        }
    }

    /** Puts a manifest under its digest only, byte for byte; what it names has to be there. */
    void put(String repository, Manifest manifest) throws ClientException, InterruptedException {
        tag(repository, manifest, manifest.digest().value());
    }

    /**
     * Downloads a blob and checks its bytes.
     *
     * @param into a file, which is overwritten
     */
    public void download(String repository, Digest blob, Path into)
            throws IOException, ClientException, InterruptedException {
        blobs.download(repository, blob, into);
    }

    /** Makes something of a blob's bytes; what it throws ends the transfer. */
    @FunctionalInterface
    public interface BlobReader<T> {
        T read(InputStream bytes) throws IOException;
    }

    /**
     * Reads a blob while it comes, within ten minutes.
     *
     * @param size that its manifest announces; other ones are a failure
     * @return what the reader made of it, after the bytes were checked
     * @throws IOException from the reader only
     */
    public <T> T read(String repository, Digest blob, long size, BlobReader<T> reader)
            throws IOException, ClientException, InterruptedException {
        return blobs.read(repository, blob, size, reader);
    }

    /**
     * The same without a look at the blob's digest, which takes a third of the time of a large one: for a reader that has the digest of
     * what it makes of the bytes, and compares it.
     */
    public <T> T readUnverified(String repository, Digest blob, long size, BlobReader<T> reader)
            throws IOException, ClientException, InterruptedException {
        return blobs.readUnverified(repository, blob, size, reader);
    }

    Blobs blobs() {
        return blobs;
    }

    /** {@link #tag(String, Manifest, String)} of what is in the repository under the digest. */
    public void tag(String repository, Digest digest, String tag) throws ClientException, InterruptedException {
        tag(repository, get(repository, digest.value()), tag);
    }

    /**
     * Deletes a tag or a manifest. By digest all its tags go too. What a registry cannot do is REFUSED (400, 405), what our
     * token may not UNAUTHORIZED, what is gone already NOT_FOUND, a rate limit UNAVAILABLE with its time to wait.
     *
     * @param reference tag or digest
     */
    public void delete(String repository, String reference) throws ClientException, InterruptedException {
        String tried = "delete " + exchange.name(repository, reference);
        Exchange.check(
                tried,
                exchange.send(
                        tried,
                        Exchange.delete(repository),
                        HttpRequest.newBuilder(uri(repository, reference)).DELETE()));
    }

    /** Whether a blob is there. One HEAD request. */
    public boolean hasBlob(String repository, Digest blob) throws ClientException, InterruptedException {
        return blobs.has(repository, blob);
    }

    /** What is about a manifest: signatures, attestations, SBOMs. */
    public Referrers referrers() {
        return new Referrers(this, exchange);
    }

    /**
     * Tags of a repository in the registry's order, none when it is not there.
     *
     * @param most after which no further page is asked for
     */
    public List<String> tags(String repository, int most) throws ClientException, InterruptedException {
        return tags(repository, most, PAGE);
    }

    List<String> tags(String repository, int most, int pageSize) throws ClientException, InterruptedException {
        String tried = "list the tags of " + host + "/" + repository;
        Set<String> tags = new LinkedHashSet<>();
        String after = "";
        while (tags.size() < most) {
            URI uri = exchange.uri("/v2/" + repository + "/tags/list?n=" + pageSize + after);
            HttpResponse<byte[]> answer = exchange.send(tried, Exchange.pull(repository), HttpRequest.newBuilder(uri));
            if (answer.statusCode() == 404) {
                break;
            }
            List<String> page = new ArrayList<>();
            tree(tried, Exchange.check(tried, answer).body()).path("tags").forEach(tag -> page.add(tag.asText()));
            // Gitea links on from every page that is not empty, distribution 2.8 gives all at once and again and again,
            // and some cut a page without a link
            boolean fresh = tags.addAll(page);
            boolean more = answer.headers().firstValue("Link").isPresent() || page.size() >= pageSize;
            if (!fresh || !more) {
                break;
            }
            after = "&last=" + URLEncoder.encode(page.getLast(), StandardCharsets.UTF_8);
        }
        return tags.stream().limit(most).toList();
    }

    static JsonNode tree(String tried, byte[] body) throws ClientException {
        try {
            return Json.mapper().readTree(body);
        } catch (IOException e) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": the answer is not JSON", e);
        }
    }

    private HttpRequest.Builder manifest(String repository, String reference) {
        return HttpRequest.newBuilder(uri(repository, reference)).header("Accept", ACCEPT);
    }

    private URI uri(String repository, String reference) {
        return exchange.uri("/v2/" + repository + "/manifests/" + reference);
    }
}
