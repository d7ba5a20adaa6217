package io.forgefleet.clients.scan.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.SbomTool;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.ScanSubject;
import io.forgefleet.clients.scan.ScanTool;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.scan.Scratch;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * OWASP's cdxgen 12, which writes CycloneDX 1.6 and SPDX 3.0.1. It wants an engine to pull images, so that these are unpacked for it from
 * their registry, with Docker's own credentials. Of files it knows wheels; others are refused rather than called empty.
 */
public final class Cdxgen implements SbomTool {

    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(30);
    private static final long MOST_SBOM = 256L << 20;

    /** What it looks into, relative to where it runs: it writes paths into the SBOM. */
    private static final String ROOT = "rootfs";

    /** All but single files and certificates, of which no advisory is. */
    private static final List<String> COMPONENTS = List.of(
            "application",
            "framework",
            "library",
            "container",
            "platform",
            "operating-system",
            "firmware",
            "machine-learning-model");

    private static final String RELEASED = "released";

    /** What lists the packages of the image's system; an optional dependency of cdxgen, which goes on without. */
    private static final String SYSTEM_PACKAGES = "trivy";

    private final ScanTool tool;

    /**
     * @param environment of this process
     * @param timeout for one image, once it is unpacked
     */
    public Cdxgen(ToolPaths paths, Map<String, String> environment, Duration timeout) {
        this.tool = new ScanTool(ScanTools.CDXGEN, paths, environment, timeout);
    }

    @Override
    public String name() {
        return tool.name();
    }

    @Override
    public Sbom describe(ScanSubject subject, Path folder) throws ScanException, InterruptedException {
        String tried = "list what is in " + subject;
        SbomFiles files = new SbomFiles(tried, subject, folder);
        files.deleteEarlier();
        try (Scratch scratch = Scratch.make()) {
            tool.require(tried);
            Command.Result result =
                    tool.run(tried, arguments(tried, subject, scratch), variables(scratch), scratch.folder());
            if (result.exit() != 0) {
                throw tool.crashed(tried, result);
            }
            Path cycloneDx = cleaned(tried, scratch, "cdx.json");
            Path spdx = cleaned(tried, scratch, "cdx.spdx.json");
            check(tried, subject, new Sbom(subject, cycloneDx, spdx));
            return files.keep(cycloneDx, spdx);
        }
    }

    private List<String> arguments(String tried, ScanSubject subject, Scratch scratch)
            throws ScanException, InterruptedException {
        String name;
        String type;
        String what;
        switch (subject) {
            case ImageToScan image -> {
                unpack(tried, image, scratch.folder().resolve(ROOT));
                name = image.repository();
                type = "rootfs";
                what = ROOT;
            }
            case FileToScan file -> {
                copy(tried, file, scratch.folder().resolve(RELEASED));
                name = file.name();
                type = "python";
                what = RELEASED;
            }
        }
        List<String> arguments = new ArrayList<>(List.of("--type=" + type, "--no-install-deps"));
        COMPONENTS.forEach(each -> arguments.add("--component-type=" + each));
        arguments.addAll(List.of(
                "--spec-version=1.6",
                "--format=cyclonedx,spdx",
                "--project-name=" + name,
                "--project-version=" + subject.digest(),
                "--output=cdx.json",
                what));
        return arguments;
    }

    /** It asks registries of packages and models about what it finds, unless it may talk to nobody. */
    private static Map<String, String> variables(Scratch scratch) throws ScanException {
        // its own temporary files, which it leaves behind, go with the scratch folder
        String home = scratch.makeFolder("home").toString();
        return Map.of(
                "HOME",
                home,
                "TMPDIR",
                home,
                "DOCKER_CONFIG",
                home,
                "CDXGEN_ALLOWED_HOSTS",
                "nobody.invalid",
                "FETCH_LICENSE",
                "false",
                "CDXGEN_FETCH_PKG_METADATA",
                "false");
    }

    private void unpack(String tried, ImageToScan image, Path root) throws ScanException, InterruptedException {
        String[] place = image.repository().split("/", 2);
        if (place.length < 2) {
            throw new IllegalArgumentException(image.repository() + " is no registry with a repository");
        }
        Registry registry =
                new Registry(place[0], image.plainHttp(), DockerCredentials.ofThisProcess(), REGISTRY_TIMEOUT);
        try {
            ImageRoot.unpack(registry, place[1], image, Files.createDirectory(root));
        } catch (ClientException | IOException e) {
            throw new ScanException(
                    Problem.CRASHED, "could not " + tried + ": it cannot be pulled: " + e.getMessage(), e);
        } catch (ImageRoot.UnreadableException e) {
            throw new ScanException(Problem.UNREADABLE, "could not " + tried + ": " + e.getMessage(), e);
        }
    }

    private static void copy(String tried, FileToScan file, Path into) throws ScanException {
        if (!file.name().endsWith(".whl")) {
            throw new ScanException(
                    Problem.UNREADABLE,
                    "could not " + tried + ": of files cdxgen looks into wheels only; with tools.sbom: syft others are"
                            + " described too");
        }
        try {
            Files.copy(file.file(), Files.createDirectory(into).resolve(file.name()));
        } catch (IOException e) {
            throw new ScanException(Problem.CRASHED, "could not " + tried + ": it cannot be copied: " + e, e);
        }
    }

    /** Without anything of this host: where it ran, and what was moved for it. */
    private Path cleaned(String tried, Scratch scratch, String name) throws ScanException {
        Path file = scratch.folder().resolve(name);
        if (!Files.isRegularFile(file)) {
            throw tool.unreadable(tried, "it wrote no " + name, null);
        }
        try {
            if (Files.size(file) > MOST_SBOM) {
                throw tool.unreadable(tried, name + " is larger than " + (MOST_SBOM >> 20) + " MiB", null);
            }
            String text = Files.readString(file)
                    .replace(scratch.folder() + "/", "")
                    .replace(ImageRoot.NESTED, "dist-packages/");
            return scratch.write(name, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw tool.unreadable(tried, name + ": " + e, e);
        }
    }

    private void check(String tried, ScanSubject subject, Sbom sbom) throws ScanException {
        if (!json(tried, sbom.spdx()).path("@graph").isArray()) {
            throw tool.unreadable(tried, "its SPDX is not SPDX 3", null);
        }
        boolean none = sbom.components().isEmpty();
        if (subject instanceof FileToScan && none) {
            throw tool.unreadable(tried, "it found nothing in a wheel, which is a package itself", null);
        }
        boolean system = false;
        JsonNode metadata = json(tried, sbom.cycloneDx()).path("metadata");
        for (JsonNode used : metadata.path("tools").path("components")) {
            system |= used.path("name").asText("").equals(SYSTEM_PACKAGES);
        }
        if (subject instanceof ImageToScan && !system) {
            throw tool.unreadable(
                    tried,
                    "it did not look for packages of the system: its plugins (@cdxgen/cdxgen-plugins-bin) are not installed"
                            + " for this platform, or failed",
                    null);
        }
    }

    private JsonNode json(String tried, Path file) throws ScanException {
        try {
            JsonNode json = Json.mapper().readTree(Files.readAllBytes(file));
            if (json != null) {
                return json;
            }
            throw tool.unreadable(tried, file.getFileName() + " is empty", null);
        } catch (IOException e) {
            throw tool.unreadable(tried, file.getFileName() + " is no JSON", e);
        }
    }
}
