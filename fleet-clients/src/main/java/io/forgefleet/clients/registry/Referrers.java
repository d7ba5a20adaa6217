package io.forgefleet.clients.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Manifests about other ones (OCI distribution specification, "listing referrers"): by the API where the registry has it,
 * else by the index under the tag {@code sha256-<hex>}. Thread-safe.
 */
public final class Referrers {

    private static final Pattern NEXT = Pattern.compile("<([^>]*)>[^,]*rel=\"?next\"?");
    private static final Digest NOTHING = new Digest("sha256:" + "0".repeat(64));
    private static final int MOST_PAGES = 100;

    private final Registry registry;
    private final Exchange exchange;

    Referrers(Registry registry, Exchange exchange) {
        this.registry = registry;
        this.exchange = exchange;
    }

    /** The tag that stands in for the API: {@code sha256-<hex>}. */
    public static String fallbackTag(Digest subject) {
        return subject.value().replace(':', '-');
    }

    /** Whether the registry has the API. One request. */
    public boolean hasApi(String repository) throws ClientException, InterruptedException {
        return is(answer(repository, path(repository, NOTHING)));
    }

    /**
     * Digests of everything about a manifest, whether that is there or not.
     *
     * @throws ClientException also where there are more than a hundred pages of them: a part is no answer
     */
    public Set<Digest> of(String repository, Digest subject) throws ClientException, InterruptedException {
        Set<Digest> found = new LinkedHashSet<>();
        URI next = path(repository, subject);
        for (int page = 0; page < MOST_PAGES; page++) {
            HttpResponse<byte[]> answer = answer(repository, next);
            if (!is(answer)) {
                if (page > 0) {
                    throw new ClientException(
                            Kind.UNAVAILABLE, "could not read the next page of what is about " + subject + ": gone");
                }
                return fallback(repository, subject);
            }
            add(Registry.tree("list what is about " + subject, answer.body()), found);
            Matcher link = NEXT.matcher(answer.headers().firstValue("Link").orElse(""));
            if (!link.find()) {
                return found;
            }
            URI following = answer.uri().resolve(link.group(1));
            if (!following.getAuthority().equals(next.getAuthority())) {
                throw new ClientException(
                        Kind.REFUSED,
                        "the registry sends us to " + following.getAuthority() + " for what is about " + subject
                                + ", which is not to see its credentials");
            }
            next = following;
        }
        throw new ClientException(
                Kind.REFUSED, "could not list what is about " + subject + ": more than " + MOST_PAGES + " pages");
    }

    private Set<Digest> fallback(String repository, Digest subject) throws ClientException, InterruptedException {
        try {
            return new LinkedHashSet<>(
                    registry.get(repository, fallbackTag(subject)).children());
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Set.of();
            }
            throw e;
        }
    }

    private HttpResponse<byte[]> answer(String repository, URI uri) throws ClientException, InterruptedException {
        String tried = "list referrers of " + exchange.name(repository, "");
        HttpResponse<byte[]> answer = exchange.send(tried, Exchange.pull(repository), HttpRequest.newBuilder(uri));
        // GHCR has answered with a redirect to nowhere
        if (answer.statusCode() != 404 && answer.statusCode() / 100 != 3) {
            Exchange.check(tried, answer);
        }
        return answer;
    }

    /** A registry that knows nothing of the API may answer any path with a page of its own. */
    private static boolean is(HttpResponse<byte[]> answer) {
        return answer.statusCode() == 200
                && answer.headers().firstValue("Content-Type").orElse("").startsWith(Manifest.OCI_INDEX);
    }

    private static void add(JsonNode index, Set<Digest> found) {
        for (JsonNode each : index.path("manifests")) {
            found.add(new Digest(each.path("digest").asText("")));
        }
    }

    private URI path(String repository, Digest subject) {
        return exchange.uri("/v2/" + repository + "/referrers/" + subject);
    }
}
