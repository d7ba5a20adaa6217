package io.forgefleet.gateway.api;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.work.place.Registries;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that runs left in a registry, handed on byte for byte. Blocks. */
final class RunFiles {

    private static final long MOST_BYTES = 64L << 20;

    private final Registries registries;

    RunFiles(Registries registries) {
        this.registries = registries;
    }

    /** Sends one of a run's files; ends when it is sent. */
    void send(RunState run, String name, HttpServerResponse response) throws ApiException, InterruptedException {
        Attachment file = run.attachments().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound(
                        "run " + run.run() + " left no " + name,
                        "GET /api/runs/" + run.run() + " lists what it left under attachments"));
        Registries.Place at = registries
                .find(file.repository())
                .orElseThrow(() -> ApiException.notFound(
                        name + " is in " + file.repository() + ", which no registry of the configuration has",
                        "add that registry to fleet.yml"));
        if (file.bytes() > MOST_BYTES) {
            throw ApiException.unavailable(
                    name + " is larger than " + MOST_BYTES + " bytes",
                    "pull " + file.digest() + " of " + file.repository());
        }
        try {
            Path copy = Files.createTempFile("run-file", "");
            try {
                at.registry().download(at.path(), file.digest(), copy);
                response.putHeader("Content-Type", file.mediaType())
                        .putHeader("Content-Disposition", "attachment; filename=\"" + file.name() + "\"")
                        .putHeader("ETag", "\"" + file.digest() + "\"");
                response.sendFile(copy.toString()).await();
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.NOT_FOUND) {
                throw ApiException.notFound(
                        name + " is no longer in " + file.repository(), "it goes with the image; replay the run");
            }
            throw ApiException.unavailable(String.valueOf(e.getMessage()), "try again when the registry answers");
        } catch (IOException e) {
            throw ApiException.unavailable(name + " could not be handed on: " + e.getMessage(), "try again");
        }
    }
}
