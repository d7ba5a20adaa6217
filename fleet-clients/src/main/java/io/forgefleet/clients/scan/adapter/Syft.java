package io.forgefleet.clients.scan.adapter;

import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.SbomTool;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.ScanTool;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.scan.Scratch;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.ToolPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Syft, which reads an image straight from its registry, with Docker's own credentials. */
public final class Syft implements SbomTool {

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
    public Sbom describe(ImageToScan image, Path folder) throws ScanException, InterruptedException {
        String tried = "list what is in " + image;
        String name = image.digest().value().substring("sha256:".length())
                + (image.platform().isEmpty() ? "" : "-" + image.platform().replace('/', '-'));
        Sbom sbom = new Sbom(image, folder.resolve(name + ".cdx.json"), folder.resolve(name + ".spdx.json"));
        // a call that fails must not leave the files of an earlier one to be taken for its own
        delete(tried, sbom.cycloneDx());
        delete(tried, sbom.spdx());
        Map<String, String> variables = Map.of(
                "SYFT_CHECK_FOR_APP_UPDATE",
                "false",
                "SYFT_REGISTRY_INSECURE_USE_HTTP",
                String.valueOf(image.plainHttp()));
        try (Scratch scratch = Scratch.make()) {
            Path cycloneDx = scratch.folder().resolve("cdx.json");
            Path spdx = scratch.folder().resolve("spdx.json");
            Command.Result result = tool.run(tried, arguments(image, cycloneDx, spdx), variables, scratch.folder());
            if (result.exit() != 0) {
                throw tool.crashed(tried, result);
            }
            if (!Files.isRegularFile(cycloneDx) || !Files.isRegularFile(spdx)) {
                throw tool.unreadable(tried, "it wrote no SBOM", null);
            }
            new Sbom(image, cycloneDx, spdx).components();
            move(tried, cycloneDx, sbom.cycloneDx());
            move(tried, spdx, sbom.spdx());
        }
        return sbom;
    }

    private static List<String> arguments(ImageToScan image, Path cycloneDx, Path spdx) {
        List<String> arguments = new ArrayList<>(List.of("scan", "--quiet"));
        if (!image.platform().isEmpty()) {
            arguments.add("--platform=" + image.platform());
        }
        arguments.add("--output=cyclonedx-json=" + cycloneDx);
        arguments.add("--output=spdx-json=" + spdx);
        arguments.add("registry:" + image.reference());
        return arguments;
    }

    private static void move(String tried, Path from, Path to) throws ScanException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ScanException(Problem.CRASHED, "could not " + tried + ": " + to + " cannot be written: " + e, e);
        }
    }

    private static void delete(String tried, Path file) throws ScanException {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new ScanException(
                    Problem.CRASHED, "could not " + tried + ": " + file + " cannot be replaced: " + e, e);
        }
    }
}
