package io.forgefleet.build.release;

import io.forgefleet.build.template.CommandImage;
import io.forgefleet.build.template.CommandImages;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.container.TarFiles;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.clients.registry.FileArtifact;
import io.forgefleet.clients.registry.FilesArtifact;
import io.forgefleet.clients.registry.Manifest.Descriptor;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.repofile.ReleaseSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplaces;
import io.forgefleet.work.release.ReleaseTargets;
import io.forgefleet.work.sandbox.Sandbox;
import io.forgefleet.work.sandbox.SandboxResult;
import io.forgefleet.work.sandbox.SandboxTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs an artifact command of a tag for a release worker, and leaves its files in the registry by digest. Thread-safe. */
public final class ReleaseArtifact implements Worker {

    /** Of one that is in no release yet. */
    private static final String TYPE = "application/vnd.forgefleet.release.artifact.v1";

    private static final String FILE_TYPE = "application/octet-stream";

    private final Workplaces workplaces;
    private final CommandImages images;
    private final Sandbox sandbox;
    private final Duration longest;
    private final Path scratch;

    /**
     * @param longest that a command may run
     * @param scratch a folder for files on their way
     */
    public ReleaseArtifact(
            Workplaces workplaces, CommandImages images, Sandbox sandbox, Duration longest, Path scratch) {
        this.workplaces = workplaces;
        this.images = images;
        this.sandbox = sandbox;
        this.longest = longest;
        this.scratch = scratch;
    }

    @Override
    public Outcome work(Run run) throws Exception {
        try {
            return files(run);
        } catch (RunEndedException e) {
            return e.outcome();
        } catch (ClientException e) {
            if (!Attempts.mayPass(e)) {
                return Outcome.of(Reason.FAILED, String.valueOf(e.getMessage()));
            }
            throw new RetryableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(Duration.ZERO), e);
        }
    }

    private Outcome files(Run run) throws Exception {
        run.begin("fetch");
        TaggedCommit tagged = TaggedCommit.of(run, workplaces);
        int index = Integer.parseInt(run.subject().target().split("/", 2)[1]);
        if (index >= tagged.release().artifacts().size()) {
            throw new RunEndedException(Reason.FAILED, "the commit declares no artifact " + index);
        }
        ReleaseSpec.Artifact spec = tagged.release().artifacts().get(index);
        CommandImage image = images.find(
                run, tagged.place(), TrustClass.PROTECTED, tagged.commit(), tagged.declared(), spec.image());
        run.begin("run " + spec.command());
        Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "artifact");
        try (Checkout checkout = tagged.place().mirror().checkout(tagged.commit(), true)) {
            Map<String, Path> folders = new HashMap<>();
            for (String each : spec.folders()) {
                String inside = each.isEmpty() ? Sandbox.WORKSPACE : Sandbox.WORKSPACE + "/" + each;
                folders.put(inside, Files.createDirectory(folder.resolve(Integer.toString(folders.size()))));
            }
            SandboxResult result = run(run, tagged, spec, image, checkout, folders);
            if (!result.succeeded()) {
                String how = result.timedOut()
                        ? "took too long and was ended"
                        : result.outOfMemory()
                                ? "wanted more memory than it may have"
                                : "failed with exit code " + result.exit();
                return Outcome.failed("the artifact command " + how + ": " + spec.command(), result.lastLines());
            }
            List<Path> files = chosen(spec, folders);
            run.begin("push");
            return push(run, tagged, files);
        } finally {
            Folders.delete(folder);
        }
    }

    private SandboxResult run(
            Run run,
            TaggedCommit tagged,
            ReleaseSpec.Artifact spec,
            CommandImage image,
            Checkout checkout,
            Map<String, Path> folders)
            throws RunEndedException, DependencyAwayException, IOException, ClientException, InterruptedException {
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put("RELEASE_VERSION", tagged.version().toString());
        environment.put(
                "SOURCE_DATE_EPOCH", Long.toString(tagged.files().committedAt().getEpochSecond()));
        Duration asked = spec.timeout();
        SandboxTask task = new SandboxTask(
                image.repository(),
                image.digest(),
                checkout.directory(),
                spec.command(),
                environment,
                spec.network(),
                asked == null || asked.compareTo(longest) > 0 ? longest : asked,
                run.subject().target() + "@" + run.id(),
                run.id());
        try {
            return sandbox.run(task, folders, run::log);
        } catch (TarFiles.TooMuchException e) {
            throw new RunEndedException(
                    Reason.FAILED, "the artifact command left " + e.getMessage() + ", the most that is taken");
        } catch (ClientException e) {
            if (e.retryable() && !sandbox.answers()) {
                throw new DependencyAwayException("engine " + sandbox.endpoint(), sandbox::answers, e);
            }
            throw e;
        }
    }

    private static List<Path> chosen(ReleaseSpec.Artifact spec, Map<String, Path> folders)
            throws RunEndedException, IOException {
        List<Path> chosen = new ArrayList<>();
        for (Map.Entry<String, Path> each : folders.entrySet()) {
            String inside = each.getKey().equals(Sandbox.WORKSPACE)
                    ? ""
                    : each.getKey().substring(Sandbox.WORKSPACE.length() + 1) + "/";
            try (var files = Files.list(each.getValue())) {
                files.filter(file -> spec.takes(inside + file.getFileName())).forEach(chosen::add);
            }
        }
        List<String> names =
                chosen.stream().map(file -> file.getFileName().toString()).toList();
        if (chosen.isEmpty() || names.stream().distinct().count() != names.size()) {
            String what = chosen.isEmpty() ? "no file that is one of " : "two files of one name among ";
            throw new RunEndedException(
                    Reason.FAILED,
                    "the artifact command left " + what
                            + spec.paths().stream().map(Object::toString).collect(Collectors.joining(", ")) + ": "
                            + spec.command());
        }
        return chosen.stream().sorted().toList();
    }

    private Outcome push(Run run, TaggedCommit tagged, List<Path> files) throws Exception {
        ImageName name = ReleaseTargets.files(tagged.place());
        List<Descriptor> uploaded = new ArrayList<>();
        run.ensureHeld();
        for (Path file : files) {
            uploaded.add(FilesArtifact.upload(
                    tagged.place().registry(),
                    name.repository(),
                    file,
                    file.getFileName().toString(),
                    FILE_TYPE));
        }
        Digest all = new FilesArtifact(TYPE, uploaded).push(tagged.place().registry(), name.repository(), "", scratch);
        run.record(new LedgerEntry(
                all,
                run.id(),
                LedgerEntry.Kind.RELEASE,
                name.reference(),
                List.of(),
                run.subject().repository(),
                tagged.commit(),
                null,
                TrustClass.PROTECTED,
                Instant.now(),
                run.subject().ref()));
        for (Descriptor each : uploaded) {
            String title = each.annotations().getOrDefault(FileArtifact.TITLE, "file");
            run.attached(new Attachment(title, FILE_TYPE, name.reference(), each.digest(), each.size()));
        }
        return Outcome.of(
                Reason.SUCCEEDED,
                uploaded.stream()
                        .map(each -> String.valueOf(each.annotations().get(FileArtifact.TITLE)))
                        .collect(Collectors.joining(", ")));
    }
}
