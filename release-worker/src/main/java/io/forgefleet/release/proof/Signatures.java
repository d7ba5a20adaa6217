package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.ImageTransfer;
import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Digest;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.KeptFile.Kind;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.work.evidence.Required;
import io.forgefleet.work.evidence.statement.Provenance;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Signs everything that is released, in every registry where it is to be public, and attests what is known about it. */
final class Signatures {

    /** To be asked before each effect that others see. */
    @FunctionalInterface
    interface Permit {
        void ask() throws ClaimLostException, InterruptedException;
    }

    /** What is signed of one thing; gives the bundles of a file. */
    @FunctionalInterface
    private interface Work {
        List<KeptFile> sign()
                throws SignException, ClaimLostException, IOException, ClientException, InterruptedException;
    }

    private static final URI BUILD_TYPE = URI.create("urn:forgefleet:build:1");
    private static final String BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private final InstantSource clock;
    private final Path scratch;

    Signatures(InstantSource clock, Path scratch) {
        this.clock = clock;
        this.scratch = scratch;
    }

    /** Signs; gives the bundles of files. */
    List<KeptFile> make(Subjects subjects, List<KeptFile> files, Signer signer, Permit permit)
            throws SignException, IOException, ClientException, ClaimLostException, InterruptedException {
        Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "sign");
        try {
            Path provenance = Files.write(folder.resolve("provenance.json"), provenance(subjects));
            for (Workplace place : subjects.everywhere()) {
                for (ReleasedImage image : subjects.images()) {
                    permit.ask();
                    bring(subjects, place, image);
                }
            }
            return Concurrently.<Work, List<KeptFile>, SignException, ClaimLostException>each(
                            works(subjects, files, signer, provenance, permit, folder),
                            SignException.class,
                            ClaimLostException.class,
                            Work::sign)
                    .stream()
                    .flatMap(List::stream)
                    .toList();
        } finally {
            Folders.delete(folder);
        }
    }

    /** By its digest, so that what is signed there is what is there. */
    private void bring(Subjects subjects, Workplace place, ReleasedImage image)
            throws IOException, ClientException, InterruptedException {
        if (place.equals(subjects.place())) {
            return;
        }
        new ImageTransfer(place.registry(), subjects.name(place, image).repository())
                .copy(
                        subjects.place().registry(),
                        subjects.source(image).repository(),
                        image.digest(),
                        Files.createDirectories(scratch));
    }

    /**
     * Everything that is signed, each by itself. What is signed of one thing comes one after the other: where a registry lists no
     * referrers they share a tag, and of two at once one would be lost.
     */
    private static List<Work> works(
            Subjects subjects, List<KeptFile> files, Signer signer, Path provenance, Permit permit, Path folder) {
        List<Work> works = new ArrayList<>();
        for (Workplace place : subjects.everywhere()) {
            for (ReleasedImage image : subjects.images()) {
                ImageName name = subjects.name(place, image);
                if (image.index()) {
                    works.add(() -> {
                        permit.ask();
                        ImageRef index = at(place, name, image.digest());
                        signer.sign(index);
                        signer.attest(index, PredicateType.PROVENANCE, provenance);
                        return List.of();
                    });
                }
                for (ReleasedImage.Platform platform : image.platforms()) {
                    works.add(() -> {
                        permit.ask();
                        sign(subjects, at(place, name, platform.digest()), files, signer, provenance);
                        return List.of();
                    });
                }
            }
        }
        for (KeptFile artifact : subjects.artifacts()) {
            works.add(() -> sign(subjects, artifact, files, signer, provenance, folder));
        }
        return works;
    }

    private static void sign(Subjects subjects, ImageRef image, List<KeptFile> files, Signer signer, Path provenance)
            throws SignException, IOException, ClientException, InterruptedException {
        for (PredicateType type : Required.OF_CONTENT) {
            if (type == PredicateType.SIGNATURE) {
                signer.sign(image);
            } else {
                signer.attest(image, type, predicate(subjects, files, image.digest(), type, provenance));
            }
        }
    }

    private static List<KeptFile> sign(
            Subjects subjects, KeptFile artifact, List<KeptFile> files, Signer signer, Path provenance, Path folder)
            throws SignException, IOException, ClientException, InterruptedException {
        Path blob = subjects.store().fetch(artifact);
        List<KeptFile> bundles = new ArrayList<>();
        for (PredicateType type : Required.OF_CONTENT) {
            Path bundle = folder.resolve(artifact.name() + "." + type.name());
            if (type == PredicateType.SIGNATURE) {
                signer.signBlob(blob, bundle);
            } else {
                signer.attestBlob(blob, type, predicate(subjects, files, artifact.digest(), type, provenance), bundle);
            }
            String suffix =
                    type == PredicateType.SIGNATURE ? "" : "." + type.name().toLowerCase(Locale.ROOT);
            bundles.add(subjects.store()
                    .keep(
                            bundle,
                            Kind.BUNDLE,
                            artifact.name() + suffix + ".sigstore.json",
                            BUNDLE_TYPE,
                            artifact.digest()));
        }
        return bundles;
    }

    private static Path predicate(
            Subjects subjects, List<KeptFile> files, Digest about, PredicateType type, Path provenance)
            throws IOException, ClientException, InterruptedException {
        return switch (type) {
            case PROVENANCE -> provenance;
            case CYCLONEDX -> subjects.store().fetch(Scans.about(files, Kind.CYCLONEDX, about));
            case SPDX -> subjects.store().fetch(Scans.about(files, Kind.SPDX, about));
            case VULNERABILITIES -> subjects.store().fetch(Scans.about(files, Kind.PREDICATE, about));
            case SIGNATURE -> throw new IllegalStateException("a signature has no predicate");
        };
    }

    private byte[] provenance(Subjects subjects) {
        return new Provenance(
                        URI.create(subjects.place().forge().url() + "/#forgefleet"),
                        BUILD_TYPE,
                        subjects.place().page(),
                        subjects.ref(),
                        subjects.commit().value(),
                        subjects.event().value(),
                        subjects.parameters(),
                        subjects.dependencies(),
                        Objects.requireNonNull(subjects.run()).value(),
                        subjects.begun(),
                        clock.instant())
                .predicate();
    }

    static ImageRef at(Workplace place, ImageName name, Digest digest) {
        return new ImageRef(
                name.host() + "/" + name.repository(),
                digest,
                place.registryConfig().plainHttp());
    }
}
