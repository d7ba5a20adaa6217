package io.forgefleet.benchmarks.fleet;

import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What somebody would do by hand after a build, with the same tools called the same way: Syft and osv-scanner on each platform and on
 * the wheel, cosign for each signature and attestation, curl for the files of the release. Nothing is verified, written down or read back.
 */
final class ReleaseTools {

    private static final List<String> ATTESTED = List.of(
            "https://cyclonedx.org/bom",
            "https://spdx.dev/Document",
            "https://cosign.sigstore.dev/attestation/vuln/v1");
    private static final String PROVENANCE = "https://slsa.dev/provenance/v1";

    private final Path folder;
    private final Shell shell;
    private final int atOnce;

    /** @param atOnce how many tools run at the same time */
    ReleaseTools(Path folder, int atOnce) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.atOnce = atOnce;
        this.shell = new Shell(folder)
                .with(Map.of(
                        "COSIGN_PASSWORD", "",
                        "SYFT_CHECK_FOR_APP_UPDATE", "false",
                        "SYFT_REGISTRY_INSECURE_USE_HTTP", "true"));
        shell.run("cosign", "generate-key-pair");
        shell.run("sh", "-c", "cosign signing-config create > services.json");
        Files.writeString(
                folder.resolve("root.json"),
                "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}");
        Files.writeString(folder.resolve("provenance.json"), "{\"buildDefinition\": {}, \"runDetails\": {}}");
        Files.writeString(
                folder.resolve("report.json"),
                "{\"scanner\": {\"result\": {}}, \"metadata\": {\"scanFinishedOn\": \"\"}}");
    }

    Path key() {
        return folder.resolve("cosign.key");
    }

    /** An image, or a file where the platform is empty. */
    record Part(String reference, String platform, Digest digest) {}

    private void together(List<Callable<Void>> calls) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (Future<Void> each : threads.invokeAll(calls)) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    /** Seconds that all of it takes. */
    double release(String index, List<Part> parts, Path database, String upload, String token, List<Path> files)
            throws Exception {
        long began = System.nanoTime();
        together(each(parts, this::describe));
        together(each(parts, part -> scan(part, database)));
        List<Callable<Void>> signatures = new ArrayList<>();
        signatures.add(oneByOne(List.of(
                call("sign", "--allow-http-registry", index),
                call(
                        "attest",
                        "--type",
                        PROVENANCE,
                        "--predicate",
                        "provenance.json",
                        "--allow-http-registry",
                        index))));
        parts.forEach(part -> signatures.add(oneByOne(sign(part))));
        together(signatures);
        together(List.of(call("sign-blob", "--bundle", "list.sigstore.json", "provenance.json")));
        for (Path file : files) {
            shell.run(
                    "curl",
                    "-sf",
                    "-H",
                    "Authorization: token " + token,
                    "-F",
                    "attachment=@" + file,
                    upload + "?name=" + file.getFileName());
        }
        return (System.nanoTime() - began) / 1e9;
    }

    /** Two attestations of one image at once would lose one, where a registry lists no referrers. */
    private static Callable<Void> oneByOne(List<Callable<Void>> calls) {
        return () -> {
            for (Callable<Void> each : calls) {
                var unused = each.call();
            }
            return null;
        };
    }

    private interface Act {
        void on(Part part) throws IOException;
    }

    private static List<Callable<Void>> each(List<Part> parts, Act act) {
        List<Callable<Void>> calls = new ArrayList<>();
        for (Part part : parts) {
            calls.add(() -> {
                act.on(part);
                return null;
            });
        }
        return calls;
    }

    private Callable<Void> call(String verb, String... arguments) {
        List<String> line = new ArrayList<>(List.of("cosign", verb, "--yes", "--key", "cosign.key"));
        line.addAll(List.of("--signing-config", "services.json", "--trusted-root", "root.json"));
        line.addAll(List.of(arguments));
        return () -> {
            shell.run(line.toArray(String[]::new));
            return null;
        };
    }

    private static String name(Part part) {
        return part.digest().value().substring("sha256:".length());
    }

    private void describe(Part part) throws IOException {
        List<String> line = new ArrayList<>(List.of("syft", "scan", "--quiet"));
        line.add("--output=cyclonedx-json=" + name(part) + ".cdx.json");
        line.add("--output=spdx-json=" + name(part) + ".spdx.json");
        if (part.platform().isEmpty()) {
            // as the fleet does: Syft looks into a wheel only where it is called a zip
            Files.copy(Path.of(part.reference()), folder.resolve("released.zip"), StandardCopyOption.REPLACE_EXISTING);
            line.add("file:released.zip");
        } else {
            line.addAll(List.of("--platform=" + part.platform(), "registry:" + part.reference()));
        }
        shell.run(line.toArray(String[]::new));
    }

    /** Ends with 1 where it finds something, and 128 where there is nothing to look at. */
    private void scan(Part part, Path database) throws IOException {
        shell.run(
                "sh",
                "-c",
                "osv-scanner scan source --format=json --all-packages --offline --local-db-path=" + database
                        + " --config=/dev/null --lockfile=" + name(part)
                        + ".cdx.json > /dev/null; case $? in 0|1|128) ;; *) exit 1;; esac");
    }

    private List<Callable<Void>> sign(Part part) {
        List<Callable<Void>> calls = new ArrayList<>();
        boolean file = part.platform().isEmpty();
        String subject = file ? part.reference() : part.reference().replaceFirst("@.*", "") + "@" + part.digest();
        List<String> where = file ? List.of() : List.of("--allow-http-registry");
        calls.add(call(file ? "sign-blob" : "sign", line(List.of(where, bundle(part, "signature"), List.of(subject)))));
        List<String> predicates =
                List.of(name(part) + ".cdx.json", name(part) + ".spdx.json", "report.json", "provenance.json");
        List<String> types = new ArrayList<>(ATTESTED);
        types.add(PROVENANCE);
        for (int i = 0; i < types.size(); i++) {
            calls.add(call(
                    file ? "attest-blob" : "attest",
                    line(List.of(
                            List.of("--type", types.get(i), "--predicate", predicates.get(i)),
                            where,
                            bundle(part, Integer.toString(i)),
                            List.of(subject)))));
        }
        return calls;
    }

    private static List<String> bundle(Part part, String what) {
        return part.platform().isEmpty() ? List.of("--bundle", what + ".sigstore.json") : List.of();
    }

    private static String[] line(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toArray(String[]::new);
    }
}
