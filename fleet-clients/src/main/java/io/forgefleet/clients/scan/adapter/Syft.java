package io.forgefleet.clients.scan.adapter;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Syft, which reads an image straight from its registry, with Docker's own credentials, and looks into files that are archives. */
public final class Syft implements SbomTool {

    private static final Pattern SUFFIX = Pattern.compile("(\\.tar)?\\.[A-Za-z0-9]{1,8}$");

    private final ScanTool tool;

    /**
     * @param environment of this process
     * @param timeout for one image
     */
    public Syft(ToolPaths paths, Map<String, String> environment, Duration timeout) {
        this.tool = new ScanTool(ScanTools.SYFT, paths, environment, timeout);
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
        boolean plainHttp = subject instanceof ImageToScan image && image.plainHttp();
        Map<String, String> variables = Map.of(
                "SYFT_CHECK_FOR_APP_UPDATE", "false", "SYFT_REGISTRY_INSECURE_USE_HTTP", String.valueOf(plainHttp));
        try (Scratch scratch = Scratch.make()) {
            Path cycloneDx = scratch.folder().resolve("cdx.json");
            Path spdx = scratch.folder().resolve("spdx.json");
            List<String> arguments = new ArrayList<>(List.of("scan", "--quiet"));
            arguments.add("--output=cyclonedx-json=" + cycloneDx);
            arguments.add("--output=spdx-json=" + spdx);
            arguments.addAll(source(tried, subject, scratch));
            Command.Result result = tool.run(tried, arguments, variables, scratch.folder());
            if (result.exit() != 0) {
                throw tool.crashed(tried, result);
            }
            if (!Files.isRegularFile(cycloneDx) || !Files.isRegularFile(spdx)) {
                throw tool.unreadable(tried, "it wrote no SBOM", null);
            }
            new Sbom(subject, cycloneDx, spdx).components();
            return files.keep(cycloneDx, spdx);
        }
    }

    private static List<String> source(String tried, ScanSubject subject, Scratch scratch) throws ScanException {
        return switch (subject) {
            case ImageToScan image ->
                image.platform().isEmpty()
                        ? List.of("registry:" + image.reference())
                        : List.of("--platform=" + image.platform(), "registry:" + image.reference());
            case FileToScan file -> {
                // under a name of ours: Syft reads a zip only where it is called one, and writes paths into the SBOM
                String name = "released" + suffix(file.name());
                copy(tried, file.file(), scratch.folder().resolve(name));
                yield List.of("--source-name=" + file.name(), "--source-version=" + file.digest(), "file:" + name);
            }
        };
    }

    private static String suffix(String name) {
        if (name.endsWith(".whl")) {
            return ".zip";
        }
        Matcher known = SUFFIX.matcher(name);
        return known.find() ? known.group() : "";
    }

    private static void copy(String tried, Path from, Path to) throws ScanException {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new ScanException(Problem.CRASHED, "could not " + tried + ": " + from + " cannot be read: " + e, e);
        }
    }
}
