package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.demo.site.DemoSite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A pull request whose image has a known hole. */
final class BlockedScan {

    /** Of the one repository of the demo that is scanned. */
    static final String NAME = DemoSite.SCANNED;

    private static final String REPOSITORY = DemoSite.OWNER + "/" + NAME;
    private static final String BRANCH = "templates";
    private static final String WHAT = NAME + " #1, scanned";
    private static final String DOCKERFILE =
            "FROM scratch\nCOPY METADATA /usr/lib/python3/dist-packages/Jinja2-2.4.1.dist-info/METADATA\n";
    private static final String METADATA = "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.4.1\n";

    private final Stage stage;
    private final Account author;

    BlockedScan(Stage stage, Account author) {
        this.stage = stage;
        this.author = author;
    }

    void tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        DemoSite site = stage.site();
        stage.narrator().chapter("In " + REPOSITORY + " a pull request brings a jinja2 of 2010");
        if (!site.scanObstacle().isEmpty()) {
            stage.narrator().fact("skipped", site.scanObstacle());
            stage.keep(new Scene(WHAT, null, Duration.ZERO, 0, 0, "skipped: " + site.scanObstacle(), site.pages()));
            return;
        }
        LocalForge forge = site.forge();
        site.createRepository(DemoSite.OWNER, NAME, author);
        Developer developer = Developer.cloning(forge.cloneUrl(REPOSITORY), folder, author);
        developer.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
        developer.commit("A kiosk");
        developer.push("main");
        developer.branch(BRANCH);
        developer.write("Dockerfile", DOCKERFILE);
        developer.write("METADATA", METADATA);
        String commit = developer.commit("Write pages from templates");
        developer.push(BRANCH);
        forge.addWebhook(REPOSITORY, site.webhook(), site.webhookSecret());
        forge.openPullRequest(REPOSITORY, author, "Write pages from templates", BRANCH, "main");

        String event = stage.event("pull_request", commit);
        Stage.Ended built = stage.follow(event, "images", Stage.NOBODY);
        PushedImage image = stage.proof().image(built.run(), "pr-1-" + Stage.sha7(commit), commit);
        Stage.Ended scanned = stage.follow(event, "scan", Stage.NOBODY);
        Proof.ended(scanned.run(), Outcome.Reason.FAILED);
        CommitStatus status = stage.status(REPOSITORY, commit, scanned, CommitStatus.State.FAILURE);
        if (!status.description().contains("2.4.1")) {
            throw new CommandFailure("the scan failed, but not by what it found: " + status.description(), "");
        }
        stage.keep(new Scene(
                WHAT,
                image,
                scanned.took(),
                0,
                0,
                status.state().word() + ": blocked",
                site.page(scanned.run().run().value())));
    }
}
