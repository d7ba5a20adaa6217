package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;

/** A pull request from the fork of somebody who may not write: it waits for a word, and is built apart. */
final class StrangersRequest {

    private static final String BRANCH = "wording";

    private final Stage stage;
    private final Account owner;

    /** @param owner who may say the word */
    StrangersRequest(Stage stage, Account owner) {
        this.stage = stage;
        this.owner = owner;
    }

    void tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        LocalForge forge = stage.site().forge();
        Account kim = forge.account("kim");
        stage.narrator().chapter("Kim, whom nobody knows, opens a pull request from a fork");
        String fork = forge.fork(Story.REPOSITORY, kim).fullName();
        Developer developer = Developer.cloning(forge.cloneUrl(fork), folder, kim);
        developer.branch(BRANCH);
        developer.replace("almanac.sh", "# Prints what", "# Tells what");
        String commit = developer.commit("Say it better");
        developer.push(BRANCH);
        long number = forge.openPullRequest(Story.REPOSITORY, kim, "Say it better", kim.name() + ":" + BRANCH, "main")
                .number();
        Stage.Ended waiting = stage.follow(stage.event("pull_request", commit), "images", Stage.NOBODY);
        stage.unbuilt(
                "pull request #" + number + " of a stranger",
                Story.REPOSITORY,
                commit,
                waiting,
                Outcome.Reason.SKIPPED,
                "waits for /ok-to-test");
        String obstacle = stage.site().strangersObstacle();
        if (!obstacle.isEmpty()) {
            stage.narrator().fact("builder", "for strangers there is none here: " + obstacle);
            return;
        }
        stage.narrator().chapter("Ann has read it and comments /ok-to-test; it is built on an engine for strangers");
        forge.comment(Story.REPOSITORY, owner, number, "/ok-to-test");
        stage.built(
                "pull request #" + number + ", approved",
                Story.REPOSITORY,
                "issue_comment",
                commit,
                "pr-" + number + "-" + Stage.sha7(commit));
    }
}
