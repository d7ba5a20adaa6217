package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.ScanSubject;
import io.forgefleet.events.image.Digest;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.work.image.ImageName;
import java.io.IOException;

/** Something that is looked at by itself. */
sealed interface Part {

    /** For the names of files about it. */
    String name();

    Digest digest();

    /** {@code os/arch[/variant]}; empty where it does not matter. */
    String platform();

    /** As scanners take it; a file is on this machine then. */
    ScanSubject subject(Subjects subjects) throws IOException, ClientException, InterruptedException;

    /** The image of one platform. */
    record OfImage(ReleasedImage image, ReleasedImage.Platform of) implements Part {

        @Override
        public String name() {
            return image.name()
                    + (of.platform().isEmpty() ? "" : "-" + of.platform().replace('/', '-'));
        }

        @Override
        public Digest digest() {
            return of.digest();
        }

        @Override
        public String platform() {
            return of.platform();
        }

        @Override
        public ScanSubject subject(Subjects subjects) {
            ImageName name = subjects.source(image);
            return new ImageToScan(
                    name.host() + "/" + name.repository(),
                    image.digest(),
                    of.platform(),
                    subjects.place().registryConfig().plainHttp());
        }
    }

    /** A file. */
    record OfFile(KeptFile file) implements Part {

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public Digest digest() {
            return file.digest();
        }

        @Override
        public String platform() {
            return "";
        }

        @Override
        public ScanSubject subject(Subjects subjects) throws IOException, ClientException, InterruptedException {
            return new FileToScan(subjects.store().fetch(file), file.digest());
        }
    }
}
