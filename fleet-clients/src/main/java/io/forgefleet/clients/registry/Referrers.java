package io.forgefleet.clients.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What refers to a manifest, by either way of the distribution specification. */
final class Referrers {

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
    private static final int MOST_PAGES = 50;
    private static final int MOST = 5000;

    private final Exchange exchange;
    private final Registry registry;

    Referrers(Exchange exchange, Registry registry) {
        this.exchange = exchange;
        this.registry = registry;
    }

    List<Digest> of(String repository, Digest digest) throws ClientException, InterruptedException {
        String tried = "list what refers to " + exchange.name(repository, digest.value());
        Set<Digest> found = new LinkedHashSet<>();
        URI next = exchange.uri("/v2/" + repository + "/referrers/" + digest);
        for (int page = 0; page < MOST_PAGES && found.size() < MOST; page++) {
            HttpResponse<byte[]> answer = exchange.send(tried, Exchange.pull(repository), HttpRequest.newBuilder(next));
            if (page == 0 && cannotList(answer.statusCode())) {
                return tagged(repository, digest);
            }
            JsonNode list = Registry.tree(tried, Exchange.check(tried, answer).body());
            for (JsonNode each : list.path("manifests")) {
                found.add(digest(tried, each.path("digest").asText("")));
            }
            Optional<URI> more = next(answer);
            if (more.isEmpty()) {
                break;
            }
            next = more.get();
        }
        return List.copyOf(found);
    }

    /** 404 by the specification; proxies and older registries have other words. */
    private static boolean cannotList(int status) {
        return status == 400 || status == 404 || status == 405 || status == 501;
    }

    private List<Digest> tagged(String repository, Digest digest) throws ClientException, InterruptedException {
        String tag = digest.value().replace(':', '-');
        try {
            return registry.get(repository, tag).children().stream()
                    .distinct()
                    .limit(MOST)
                    .toList();
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return List.of();
            }
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ClientException(
                    Kind.REFUSED,
                    "could not read the index " + exchange.name(repository, tag) + ": " + e.getMessage(),
                    e);
        }
    }

    private static Digest digest(String tried, String value) throws ClientException {
        try {
            return new Digest(value);
        } catch (IllegalArgumentException e) {
            throw new ClientException(Kind.REFUSED, "could not " + tried + ": " + e.getMessage(), e);
        }
    }

    /** Only on the same host: what lies elsewhere is not to see the credentials. */
    private static Optional<URI> next(HttpResponse<byte[]> answer) {
        Matcher matcher = NEXT.matcher(answer.headers().firstValue("Link").orElse(""));
        if (!matcher.find()) {
            return Optional.empty();
        }
        URI next = answer.uri().resolve(matcher.group(1));
        return Optional.of(next)
                .filter(each -> each.getAuthority().equals(answer.uri().getAuthority()));
    }
}
