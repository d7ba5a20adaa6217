package io.forgefleet.clients.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A manifest or index as the registry has it, byte for byte. Immutable. */
public final class Manifest {

    static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    private final Digest digest;
    private final String mediaType;
    private final byte[] bytes;
    private final JsonNode json;

    private Manifest(Digest digest, String mediaType, byte[] bytes, JsonNode json) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.bytes = bytes;
        this.json = json;
    }

    /**
     * Reads one.
     *
     * @param contentType of the answer, empty when it had none; the manifest's own media type goes before it
     * @throws ClientException when it is no JSON object
     */
    public static Manifest of(byte[] bytes, String contentType) throws ClientException {
        JsonNode json;
        try {
            json = Json.mapper().readTree(bytes);
        } catch (IOException e) {
            throw new ClientException(Kind.UNAVAILABLE, "the registry answered with a manifest that is not JSON", e);
        }
        if (json == null || !json.isObject()) {
            throw new ClientException(Kind.UNAVAILABLE, "the registry answered with a manifest that is no object");
        }
        return new Manifest(Digest.of(bytes), json.path("mediaType").asText(contentType), bytes, json);
    }

    /** Computed from the bytes. */
    public Digest digest() {
        return digest;
    }

    public String mediaType() {
        return mediaType;
    }

    /** Whether it is the index of several platforms. */
    public boolean isIndex() {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    /** Annotations of the manifest or index itself. */
    public Map<String, String> annotations() {
        return strings(json.path("annotations"));
    }

    /** Layers from the base up; none for an index. */
    public List<Digest> layers() {
        List<Digest> layers = new ArrayList<>();
        json.path("layers")
                .forEach(layer -> layers.add(new Digest(layer.path("digest").asText(""))));
        return layers;
    }

    /** The same with their sizes, in bytes. */
    List<Long> layerSizes() {
        List<Long> sizes = new ArrayList<>();
        json.path("layers").forEach(layer -> sizes.add(layer.path("size").asLong()));
        return sizes;
    }

    /**
     * What a manifest says of one of its blobs.
     *
     * @param size in bytes; negative where it does not say
     */
    public record Descriptor(String mediaType, Digest digest, long size, Map<String, String> annotations) {}

    /** {@link #layers()} with all that is said of them; none for an index, and none whose digest is no SHA-256. */
    public List<Descriptor> descriptors() {
        List<Descriptor> descriptors = new ArrayList<>();
        for (JsonNode layer : json.path("layers")) {
            String digest = layer.path("digest").asText("");
            if (Digest.isDigest(digest)) {
                descriptors.add(new Descriptor(
                        layer.path("mediaType").asText(""),
                        new Digest(digest),
                        layer.path("size").asLong(-1),
                        strings(layer.path("annotations"))));
            }
        }
        return descriptors;
    }

    /** What kind of artifact it is; empty for images. */
    public String artifactType() {
        return json.path("artifactType").asText("");
    }

    /**
     * An image of an index.
     *
     * @param platform {@code os/arch[/variant]}
     */
    public record PlatformImage(String platform, Digest digest) {}

    /** Images that an index names, in its order; none for an image. */
    public List<PlatformImage> images() {
        List<PlatformImage> images = new ArrayList<>();
        for (JsonNode child : json.path("manifests")) {
            JsonNode platform = child.path("platform");
            String variant = platform.path("variant").asText("");
            String named = platform.path("os").asText("") + "/"
                    + platform.path("architecture").asText("") + (variant.isEmpty() ? "" : "/" + variant);
            // attestations lie beside the images as of no platform
            if (!named.startsWith("unknown/") && named.length() > 1) {
                images.add(
                        new PlatformImage(named, new Digest(child.path("digest").asText(""))));
            }
        }
        return images;
    }

    /** Platforms of {@link #images()}. */
    public List<String> platforms() {
        return images().stream().map(PlatformImage::platform).toList();
    }

    /** Manifests that an index names; none for an image. */
    public List<Digest> children() {
        List<Digest> children = new ArrayList<>();
        json.path("manifests")
                .forEach(child -> children.add(new Digest(child.path("digest").asText(""))));
        return children;
    }

    /** What it is about: a signature's image, say; empty where it is about nothing, or where that is named by no SHA-256. */
    public Optional<Digest> subject() {
        String value = json.path("subject").path("digest").asText("");
        return Digest.isDigest(value) ? Optional.of(new Digest(value)) : Optional.empty();
    }

    /** Its blobs with their sizes in bytes, 0 where it does not say: configuration and layers; none for an index. */
    public Map<Digest, Long> blobSizes() {
        Map<Digest, Long> sizes = new LinkedHashMap<>();
        config().ifPresent(config ->
                sizes.put(config, json.path("config").path("size").asLong(0)));
        descriptors().forEach(layer -> sizes.put(layer.digest(), Math.max(0, layer.size())));
        return sizes;
    }

    /** Its own size in bytes. */
    public int size() {
        return bytes.length;
    }

    /** Everything that an image is made of beside its manifest: its configuration, then its layers. */
    List<Digest> blobs() {
        List<Digest> blobs = new ArrayList<>();
        config().ifPresent(blobs::add);
        blobs.addAll(layers());
        return blobs;
    }

    /** Digest of the image's configuration; empty for an index. */
    public Optional<Digest> config() {
        String value = json.path("config").path("digest").asText("");
        return value.isEmpty() ? Optional.empty() : Optional.of(new Digest(value));
    }

    /** As its digest is of them; not copied. */
    public byte[] bytes() {
        return bytes;
    }

    static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new HashMap<>();
        object.properties()
                .forEach(field -> strings.put(field.getKey(), field.getValue().asText("")));
        return Map.copyOf(strings);
    }
}
