package io.forgefleet.build;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One site for all classes of tests that ask for it, started with the first and stopped after the last. */
final class SharedSite implements ParameterResolver {

    private record Running(Path folder, Site site) implements AutoCloseable {

        @Override
        public void close() {
            try {
                site.close();
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            } catch (Exception e) {
                throw new IllegalStateException("the site did not stop", e);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Site.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedSite.class))
                .getOrComputeIfAbsent(Site.class, key -> start(), Running.class)
                .site();
    }

    private static Running start() {
        try {
            Path folder = Files.createTempDirectory("site");
            return new Running(folder, new Site(folder, "secrets: {token: \"${env:SECRET}\"}"));
        } catch (RuntimeException e) {
            throw e; // an assumption that does not hold
        } catch (Exception e) {
            throw new IllegalStateException("the site did not start", e);
        }
    }
}
