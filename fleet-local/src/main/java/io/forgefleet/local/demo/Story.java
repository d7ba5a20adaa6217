package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.demo.site.DemoSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Push, pull request, fix, force-push, merge, a stranger, a hole, a database, a release, a cleanup: what people do, and what the fleet
 * makes of it. Every claim is proven.
 */
final class Story {

    private static final String NAME = "almanac";
    static final String REPOSITORY = DemoSite.OWNER + "/" + NAME;
    private static final String BRANCH = "warmest-day";
    private static final String COLDEST = "echo \"The coldest day: $(head -n 1 sorted.csv)\"";
    private static final String TYPO = COLDEST + "\necho \"The warmst day: $(tail -n 1 sorted.csv)\"";

    private final DemoSite site;
    private final Narrator narrator;
    private final Stage stage;

    Story(DemoSite site, Narrator narrator) {
        this.site = site;
        this.narrator = narrator;
        this.stage = new Stage(site, narrator);
    }

    /**
     * Tells it to its end.
     *
     * @param folder for the clones of all who work
     */
    List<Scene> tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        LocalForge forge = site.forge();
        Account ann = forge.account("ann");
        site.createRepository(DemoSite.OWNER, NAME, ann);
        Developer developer = Developer.cloning(forge.cloneUrl(REPOSITORY), folder.resolve("ann"), ann);
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

        new OvertakenBuild(stage, developer).tell();

        narrator.chapter("The pull request is merged");
        String merged = forge.mergePullRequest(REPOSITORY, ann, 1).mergeCommit().orElseThrow();
        Scene main = scene("main, merged (protected)", "push", merged, "sha-" + sha7(merged));
        stage.proof().tagged(Objects.requireNonNull(main.image(), "it was built"), "latest");
        narrator.fact("latest", "names the same image now; protected branches use no cache of others");

        new StrangersRequest(stage, ann).tell(folder.resolve("kim"));
        new BlockedScan(stage, ann).tell(folder.resolve("kiosk"));
        new SharedDatabase(stage, ann, site.environment()).tell(folder.resolve("archive"));
        new TaggedRelease(stage, ann, site.environment()).tell(folder.resolve(DemoSite.RELEASED));
        new ClosedRequest(stage, ann).tell(folder.resolve("sketch"));
        return stage.scenes();
    }

    private Scene scene(String what, String hook, String commit, String tag)
            throws CommandFailure, ClientException, InterruptedException {
        return stage.built(what, REPOSITORY, hook, commit, tag);
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
        return Stage.sha7(commit);
    }
}
