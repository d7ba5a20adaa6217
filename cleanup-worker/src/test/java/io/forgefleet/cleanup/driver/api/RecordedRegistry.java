package io.forgefleet.cleanup.driver.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.config.RegistryKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks what GHCR, GitLab and Docker Hub document, over one repository in memory, with faults on demand. */
final class RecordedRegistry implements AutoCloseable {

    /** Answers in its place; true when it did. */
    @FunctionalInterface
    interface Fault {
        boolean answer(HttpExchange exchange) throws IOException;
    }

    private record Stored(String type, String body) {}

    private static final String V2 = "/v2/" + RegistrySite.REPOSITORY + "/";
    private static final int PAGE = 2;

    volatile Fault fault = exchange -> false;
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Digest> tags = Collections.synchronizedMap(new TreeMap<>());

    private final Map<Digest, Stored> manifests = new ConcurrentHashMap<>();
    private final Map<Integer, Digest> ids = new ConcurrentHashMap<>();
    private final RegistryKind kind;
    private final HttpServer server;

    RecordedRegistry(RegistryKind kind) throws IOException {
        this.kind = kind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    RegistryKind kind() {
        return kind;
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getRawPath();
        requests.add(method + " " + path);
        if (fault.answer(exchange)) {
            return;
        }
        byte[] body = exchange.getRequestBody().readAllBytes();
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        if (path.startsWith(V2)) {
            registry(exchange, method, path.substring(V2.length()), query, body);
            return;
        }
        switch (kind) {
            case GHCR -> github(exchange, method, path, query);
            case GITLAB -> gitlab(exchange, method, path, query);
            default -> hub(exchange, method, path, query, body);
        }
    }

    private void registry(HttpExchange exchange, String method, String path, String query, byte[] body)
            throws IOException {
        if (path.startsWith("blobs/uploads/")) {
            exchange.getResponseHeaders().set("Location", V2 + "blobs/uploads/1");
            send(exchange, method.equals("POST") ? 202 : 201, "");
        } else if (path.startsWith("tags/list")) {
            boolean first = !query.contains("last=");
            send(exchange, 200, text(Map.of("tags", first ? List.copyOf(tags.keySet()) : List.of())));
        } else if (path.startsWith("manifests/")) {
            manifest(exchange, method, path.substring("manifests/".length()), body);
        } else {
            send(exchange, 404, "");
        }
    }

    private void manifest(HttpExchange exchange, String method, String reference, byte[] body) throws IOException {
        Digest digest = reference.startsWith("sha256:") ? new Digest(reference) : tags.get(reference);
        if (method.equals("PUT")) {
            Digest made = Digest.of(body);
            manifests.put(
                    made, new Stored(exchange.getRequestHeaders().getFirst("Content-Type"), new String(body, UTF_8)));
            if (!ids.containsValue(made)) {
                ids.put(ids.size() + 100, made);
            }
            if (!reference.startsWith("sha256:")) {
                tags.put(reference, made);
            }
            send(exchange, 201, "");
        } else if (method.equals("DELETE")) {
            delete(exchange, reference, digest);
        } else if (digest == null || !manifests.containsKey(digest)) {
            send(exchange, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
        } else {
            Stored stored = manifests.get(digest);
            exchange.getResponseHeaders().set("Content-Type", stored.type());
            exchange.getResponseHeaders().set("Docker-Content-Digest", digest.value());
            send(exchange, 200, method.equals("HEAD") ? "" : stored.body());
        }
    }

    private void delete(HttpExchange exchange, String reference, Digest digest) throws IOException {
        if (kind == RegistryKind.GHCR) {
            send(
                    exchange,
                    405,
                    "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"The operation is unsupported.\"}]}");
        } else if (digest == null || !manifests.containsKey(digest)) {
            send(exchange, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
        } else if (kind == RegistryKind.DOCKER_HUB && tags.containsValue(digest)) {
            send(exchange, 403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"manifest is referenced by a tag\"}]}");
        } else if (reference.startsWith("sha256:")) {
            drop(digest);
            send(exchange, 202, "");
        } else {
            tags.remove(reference);
            send(exchange, 202, "");
        }
    }

    private void drop(Digest digest) {
        manifests.remove(digest);
        tags.values().removeIf(digest::equals);
    }

    private void github(HttpExchange exchange, String method, String path, String query) throws IOException {
        String versions = "/orgs/team/packages/container/app%2Fweb/versions";
        boolean reader =
                "Bearer secret-of-reader".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders()
                .set("X-OAuth-Scopes", reader ? "read:packages" : "delete:packages, read:packages");
        if (path.equals("/users/team")) {
            send(exchange, 200, "{\"login\":\"team\",\"type\":\"Organization\"}");
        } else if (manifests.isEmpty()) {
            send(exchange, 404, "{\"message\":\"Package not found.\"}");
        } else if (path.equals("/orgs/team/packages/container/app%2Fweb")) {
            send(exchange, 200, "{\"name\":\"app/web\",\"package_type\":\"container\"}");
        } else if (path.equals(versions)) {
            List<Object> all = ids.entrySet().stream()
                    .filter(each -> manifests.containsKey(each.getValue()))
                    .map(each -> (Object) Map.of(
                            "id",
                            each.getKey(),
                            "name",
                            each.getValue().value(),
                            "metadata",
                            Map.of("package_type", "container", "container", Map.of("tags", tagsOf(each.getValue())))))
                    .toList();
            send(exchange, 200, text(page(all, query)));
        } else if (method.equals("DELETE") && path.startsWith(versions + "/") && reader) {
            send(
                    exchange,
                    403,
                    "{\"message\":\"You need at least delete:packages scope to delete a package version.\"}");
        } else if (method.equals("DELETE") && path.startsWith(versions + "/")) {
            Digest digest = ids.get(Integer.parseInt(path.substring(versions.length() + 1)));
            boolean there = digest != null && manifests.containsKey(digest);
            if (there) {
                drop(digest);
            }
            send(exchange, there ? 204 : 404, there ? "" : "{\"message\":\"Package not found.\"}");
        } else {
            send(exchange, 404, "{\"message\":\"Not Found\"}");
        }
    }

    private void gitlab(HttpExchange exchange, String method, String path, String query) throws IOException {
        String tagPath = "/api/v4/projects/7/registry/repositories/9/tags/";
        boolean reader = "secret-of-reader".equals(exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN"));
        if (path.equals("/api/v4/projects/team%2Fapp")) {
            String access = "{\"access_level\":" + (reader ? 20 : 30) + "}";
            send(exchange, 200, "{\"id\":7,\"permissions\":{\"project_access\":" + access + ",\"group_access\":null}}");
        } else if (path.equals("/api/v4/projects/7/registry/repositories")) {
            List<Object> all =
                    List.of(Map.of("id", 8, "path", "team/app"), Map.of("id", 9, "path", RegistrySite.REPOSITORY));
            send(exchange, 200, text(page(all, query)));
        } else if (method.equals("DELETE") && path.startsWith(tagPath)) {
            boolean there = tags.remove(URLDecoder.decode(path.substring(tagPath.length()), UTF_8)) != null;
            send(exchange, there ? 200 : 404, there ? "" : "{\"message\":\"404 Tag Not Found\"}");
        } else {
            send(exchange, 404, "{\"message\":\"404 Project Not Found\"}");
        }
    }

    private void hub(HttpExchange exchange, String method, String path, String query, byte[] body) throws IOException {
        String home = "/v2/repositories/" + RegistrySite.REPOSITORY + "/";
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (path.equals("/v2/auth/token")) {
            boolean reader = new String(body, UTF_8).contains("secret-of-reader");
            send(exchange, 200, "{\"access_token\":\"" + (reader ? "r" : "w") + "\"}");
        } else if (authorization == null || !authorization.matches("Bearer [rw]")) {
            send(exchange, 401, "{\"message\":\"unauthorized\"}");
        } else if (path.equals(home)) {
            send(
                    exchange,
                    200,
                    text(Map.of(
                            "permissions",
                            Map.of("read", true, "write", authorization.endsWith("w"), "admin", false))));
        } else if (path.equals(home + "tags")) {
            List<Object> all = new ArrayList<>();
            tags.forEach((name, digest) -> all.add(Map.of("name", name, "digest", digest.value())));
            List<Object> page = page(all, query);
            boolean more = number(query) * PAGE < all.size();
            send(exchange, 200, text(Map.of("results", page, "next", more ? "http://" + host() + home : "")));
        } else if (method.equals("DELETE") && path.startsWith(home + "tags/") && path.endsWith("/")) {
            boolean there = tags.remove(path.substring((home + "tags/").length(), path.length() - 1)) != null;
            send(exchange, there ? 204 : 404, "");
        } else {
            send(exchange, 404, "{\"message\":\"object not found\"}");
        }
    }

    private List<String> tagsOf(Digest digest) {
        return tags.entrySet().stream()
                .filter(each -> each.getValue().equals(digest))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int number(String query) {
        Matcher page = Pattern.compile("(?:^|&)page=([0-9]+)").matcher(query);
        return page.find() ? Integer.parseInt(page.group(1)) : 1;
    }

    /** Pages are small here, however many were asked for. */
    private static List<Object> page(List<Object> all, String query) {
        int from = Math.min(all.size(), (number(query) - 1) * PAGE);
        return all.subList(from, Math.min(all.size(), from + PAGE));
    }

    private static String text(Object value) {
        return new String(Json.write(value), UTF_8);
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        boolean empty = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, empty ? -1 : bytes.length);
        if (empty) {
            exchange.close();
            return;
        }
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
