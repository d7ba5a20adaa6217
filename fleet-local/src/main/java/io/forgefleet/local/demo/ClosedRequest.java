package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A pull request is closed, and its image goes; what was merged or released stays. */
final class ClosedRequest {

    private static final String NAME = "sketch";
    private static final String REPOSITORY = Story.OWNER + "/" + NAME;
    private static final String BRANCH = "idea";
    private static final String DOCKERFILE = "FROM scratch\nCOPY Dockerfile /\n";

    /** The repository itself asks for it: nobody wants to wait for a day in a demo. */
    private static final String FILE = "retention: {pullRequests: 1s}\n";

    private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

    private final Stage stage;
    private final Account author;

    ClosedRequest(Stage stage, Account author) {
        this.stage = stage;
        this.author = author;
    }

    void tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        DemoSite site = stage.site();
        LocalForge forge = site.forge();
        stage.narrator().chapter("In " + REPOSITORY + " a pull request is closed, and its image goes");
        site.createRepository(Story.OWNER, NAME, author);
        Developer developer = Developer.cloning(forge.cloneUrl(REPOSITORY), folder, author);
        developer.write("Dockerfile", DOCKERFILE);
        developer.write(".forgefleet.yml", FILE);
        developer.commit("A sketch");
        developer.push("main");
        developer.branch(BRANCH);
        developer.write("Dockerfile", DOCKERFILE + "LABEL idea=\"a bad one\"\n");
        String idea = developer.commit("An idea");
        developer.push(BRANCH);
        forge.addWebhook(REPOSITORY, site.webhook(), site.webhookSecret());
        developer.switchTo("main");
        developer.write("Dockerfile", DOCKERFILE + "LABEL sketch=\"the second\"\n");
        String main = developer.commit("A second sketch");
        developer.push("main");
        Scene stays = stage.built(NAME + " main (stays)", REPOSITORY, "push", main, "sha-" + Stage.sha7(main));
        long number = forge.openPullRequest(REPOSITORY, author, "An idea", BRANCH, "main")
                .number();
        String tag = "pr-" + number + "-" + Stage.sha7(idea);
        Stage.Ended built = stage.follow(stage.event("pull_request", idea), "images", Stage.NOBODY);
        PushedImage image = stage.proof().image(built.run(), tag, idea);
        stage.narrator().fact("image", image.repository() + ":" + tag);

        forge.closePullRequest(REPOSITORY, author, number);
        long closed = System.nanoTime();
        String path = image.repository().substring(image.repository().indexOf('/') + 1);
        RunWatch.await("the end of " + tag, GONE_WITHIN, () -> gone(site.registry(), path, tag));
        Duration took = Duration.ofNanos(System.nanoTime() - closed);
        stage.narrator().fact("closed", tag + " is gone after " + Scene.seconds(took));
        PushedImage kept = Objects.requireNonNull(stays.image(), "it was built");
        whole(site.registry(), path, kept);
        stage.proof().tagged(kept, "latest");
        stage.narrator().fact("kept", kept.reference() + " and latest, down to each blob");
        stage.keep(new Scene(NAME + " #" + number + ", closed: " + tag, null, took, 0, 0, Scene.GONE, site.pages()));
    }

    private static Optional<Boolean> gone(Registry registry, String path, String tag)
            throws CommandFailure, InterruptedException {
        try {
            return registry.digest(path, tag).isEmpty() ? Optional.of(true) : Optional.empty();
        } catch (ClientException e) {
            throw new CommandFailure("the registry cannot be asked: " + e.getMessage(), "", e);
        }
    }

    private static void whole(Registry registry, String path, PushedImage image)
            throws CommandFailure, ClientException, InterruptedException {
        Manifest manifest = registry.get(path, image.digest().value());
        for (Digest blob : manifest.blobSizes().keySet()) {
            if (!registry.hasBlob(path, blob)) {
                throw new CommandFailure(image.reference() + " lacks its blob " + blob, "please report it");
            }
        }
    }
}
