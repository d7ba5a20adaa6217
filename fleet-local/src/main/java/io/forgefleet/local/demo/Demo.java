package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Table;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.demo.site.DemoFolder;
import io.forgefleet.local.demo.site.DemoSite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** The demo from start to end. */
public final class Demo {

    /** What happens after the story. */
    public enum Afterwards {
        /** Everything ends. */
        END,
        /** Everything stays until Enter is pressed, or the process is told to stop. */
        WAIT_FOR_ENTER,
        /** Everything stays until the process is told to stop. */
        STAY
    }

    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Path folder;

    private Demo(Terminal terminal, Map<String, String> environment, Path folder) {
        this.terminal = terminal;
        this.environment = environment;
        this.folder = folder;
    }

    /** Makes the folder of a demo; its log goes there as well. */
    public static Path folder(Map<String, String> environment) throws CommandFailure, InterruptedException {
        try {
            return DemoFolder.make(environment);
        } catch (IOException e) {
            throw new CommandFailure(
                    "the demo has no folder to work in: " + e, "set XDG_CACHE_HOME to one that can be written", e);
        }
    }

    /** Where the demo in this folder logs to. */
    public static Path log(Path folder) {
        return folder.resolve("fleet.log");
    }

    /**
     * Tells the story, and removes everything that it made.
     *
     * @param folder from {@link #folder}; stays where the story fails, for its log
     * @throws CommandFailure when a part of the story has not come true
     */
    public static void run(Terminal terminal, Map<String, String> environment, Path folder, Afterwards afterwards)
            throws CommandFailure, InterruptedException {
        new Demo(terminal, environment, folder).run(afterwards);
    }

    private void run(Afterwards afterwards) throws CommandFailure, InterruptedException {
        long began = System.nanoTime();
        Narrator narrator = new Narrator(terminal);
        boolean logWanted = true;
        terminal.print("Starting Kafka, a registry, a small forge and the fleet, and making a base image…");
        try (DemoSite site = DemoSite.start(folder, environment)) {
            narrator.fact("ready", "in " + Scene.seconds(Duration.ofNanos(System.nanoTime() - began)));
            List<Scene> scenes = new Story(site, narrator).tell(folder);
            logWanted = false;
            conclude(site, scenes, Duration.ofNanos(System.nanoTime() - began));
            stay(afterwards);
        } catch (InterruptedException e) {
            logWanted = false;
            throw e;
        } catch (ClientException | IOException e) {
            throw new CommandFailure("the demo broke off: " + e.getMessage(), "its log: " + log(folder), e);
        } catch (CommandFailure e) {
            throw new CommandFailure(
                    "the story has not come true: " + e.getMessage(),
                    (e.advice() + "\nthe log of the fleet: " + log(folder)).strip(),
                    e);
        } finally {
            if (!logWanted) {
                tidy();
            }
        }
    }

    private void conclude(DemoSite site, List<Scene> scenes, Duration took) {
        terminal.print("");
        Table table = new Table("WHAT", "IMAGE", "DIGEST", "TIME", "CACHED", "STATUS");
        for (Scene scene : scenes) {
            table.row()
                    .cell(scene.what())
                    .cell(scene.tag(), Paint.BOLD)
                    .cell(scene.digest())
                    .cell(scene.seconds())
                    .cell(scene.cachedOf())
                    .cell(scene.status(), scene.succeeded() ? Paint.GREEN : Paint.YELLOW);
        }
        table.print(terminal);
        terminal.print("");
        scenes.stream()
                .flatMap(scene -> Stream.ofNullable(scene.image()))
                .map(PushedImage::reference)
                .distinct()
                .forEach(terminal::print);
        terminal.print("");
        Narrator places = new Narrator(terminal);
        places.fact("runs", site.pages() + "/", Paint.CYAN);
        places.fact("forge", site.forge().cloneUrl(Story.REPOSITORY) + "   (git clone it)", Paint.CYAN);
        places.fact("registry", site.registryAddress(), Paint.CYAN);
        places.fact(
                "try",
                "docker run --rm " + site.registryAddress() + "/" + Story.REPOSITORY
                        + ":latest   and   ./fleet runs --server " + site.pages());
        places.fact("took", Scene.seconds(took));
        terminal.print("");
        terminal.print(
                "With your own forge: cp fleet.example.yml fleet.yml, name forge and registry there, then ./fleet up");
    }

    private void stay(Afterwards afterwards) throws InterruptedException {
        CountDownLatch enough = new CountDownLatch(1);
        switch (afterwards) {
            case END -> {
                return;
            }
            case STAY -> terminal.print("All of it stays up until it is stopped (Ctrl-C).");
            case WAIT_FOR_ENTER -> {
                terminal.print("All of it stays up for you to look around. Press Enter (or Ctrl-C) to end it.");
                // reading cannot be interrupted, so nobody waits for this thread
                Thread.ofPlatform().daemon().name("enter").start(() -> {
                    try {
                        int unused = System.in.read();
                    } catch (IOException e) {
                        return;
                    }
                    enough.countDown();
                });
            }
        }
        try {
            enough.await();
        } finally {
            terminal.print("Ending the demo and removing what it made…");
        }
    }

    private void tidy() {
        try {
            DemoFolder.delete(folder);
        } catch (IOException e) {
            terminal.say("what the demo leaves in " + folder + " could not be removed: " + e);
        }
    }
}
