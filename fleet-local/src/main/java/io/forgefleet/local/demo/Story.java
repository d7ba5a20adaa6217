package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Paint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Push, pull request, fix, merge: what the team does, and what the fleet makes of it. Every claim is proven. */
final class Story {

    private static final String OWNER = "team";
    private static final String NAME = "almanac";
    static final String REPOSITORY = OWNER + "/" + NAME;
    private static final String BRANCH = "warmest-day";
    private static final String COLDEST = "echo \"The coldest day: $(head -n 1 sorted.csv)\"";
    private static final String TYPO = COLDEST + "\necho \"The warmst day: $(tail -n 1 sorted.csv)\"";

    private final DemoSite site;
    private final Narrator narrator;
    private final RunWatch watch;
    private final Proof proof;
    private final List<Scene> scenes = new ArrayList<>();

    Story(DemoSite site, Narrator narrator) {
        this.site = site;
        this.narrator = narrator;
        this.watch = new RunWatch(site.forge(), site.server());
        this.proof = new Proof(site.registry(), site.forge());
    }

    /** Tells it to its end. */
    List<Scene> tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        LocalForge forge = site.forge();
        Account ann = forge.account("ann");
        site.createRepository(OWNER, NAME, ann);
        Developer developer = Developer.cloning(forge.cloneUrl(REPOSITORY), folder, ann);
        developer.writeSample();
        developer.commit("An almanac of made-up weather");
        developer.push("main");
        forge.addWebhook(REPOSITORY, site.webhook(), site.webhookSecret());

        developer.branch(BRANCH);
        developer.replace("almanac.sh", COLDEST, TYPO);
        String first = developer.commit("Tell the warmest day, too");
        narrator.chapter("Ann pushes the new branch " + BRANCH + " to " + REPOSITORY);
        developer.push(BRANCH);
        Scene cold = scene("branch, first build (cold)", "push", first, BRANCH + "-" + sha7(first));

        narrator.chapter("She opens a pull request");
        forge.openPullRequest(REPOSITORY, ann, "Tell the warmest day", BRANCH, "main");
        scene("pull request #1, same commit", "pull_request", first, "pr-1-" + sha7(first));

        narrator.chapter("Somebody finds a typo; she pushes a fix");
        developer.replace("almanac.sh", "warmst", "warmest");
        String second = developer.commit("Write warmest");
        developer.push(BRANCH);
        Scene warm = scene("branch, the fix (warm)", "push", second, BRANCH + "-" + sha7(second));
        scene("pull request #1, the fix", "pull_request", second, "pr-1-" + sha7(second));
        compare(cold, warm);

        narrator.chapter("The pull request is merged");
        String merged = forge.mergePullRequest(REPOSITORY, ann, 1).mergeCommit().orElseThrow();
        Scene main = scene("main, merged (protected)", "push", merged, "sha-" + sha7(merged));
        proof.tagged(main.image(), "latest");
        narrator.fact("latest", "names the same image now; protected branches use no cache of others");
        return List.copyOf(scenes);
    }

    private Scene scene(String what, String hook, String commit, String tag)
            throws CommandFailure, ClientException, InterruptedException {
        String event = watch.eventOf(hook, commit);
        narrator.fact("webhook", hook + " of " + sha7(commit) + " → 202, event " + event);
        String run = watch.runOf(event);
        URI page = site.page(run);
        narrator.fact("run", page.toString(), Paint.CYAN);
        RunState ended;
        Narrator.Steps steps = narrator.steps();
        try (steps) {
            ended = watch.follow(run, steps);
        }
        PushedImage image = proof.image(ended, tag, commit);
        narrator.fact("image", image.repository() + ":" + image.tag(), Paint.BOLD);
        narrator.fact("", image.digest().value());
        CommitStatus status = proof.status(REPOSITORY, commit, ended);
        String word = status.state().name().toLowerCase(Locale.ROOT);
        narrator.fact("status", word + "  " + status.context() + ": " + status.description(), Paint.GREEN);
        Duration took = Duration.between(ended.startedAt(), ended.updatedAt());
        Scene scene = new Scene(what, image, took, steps.begun(), steps.cached(), word, page);
        scenes.add(scene);
        return scene;
    }

    private void compare(Scene cold, Scene warm) throws CommandFailure {
        if (warm.cached() == 0) {
            throw new CommandFailure("the second build took no step from the cache", "");
        }
        narrator.fact(
                "warm",
                "%s against %s, with %s steps from the cache"
                        .formatted(warm.seconds(), cold.seconds(), warm.cachedOf()));
    }

    private static String sha7(String commit) {
        return commit.substring(0, 7);
    }
}
