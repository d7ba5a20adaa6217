package io.forgefleet.benchmarks.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Python project with a command line and a server, one Dockerfile each: packages of the operating system, a virtual
 * environment with more than 30 wheels, and the program's own files last. The base is made of the machine's own Debian mirror.
 */
final class PythonProject {

    private static final List<String> REQUIREMENTS = List.of(
            "flask",
            "fastapi",
            "uvicorn",
            "httpx",
            "requests",
            "sqlalchemy",
            "alembic",
            "pydantic",
            "jinja2",
            "click",
            "rich",
            "pyyaml",
            "redis",
            "gunicorn",
            "pytest",
            "python-dotenv",
            "tenacity",
            "structlog",
            "prometheus-client");

    private static final Path CERTIFICATES = Path.of("/etc/ssl/certs/ca-certificates.crt");

    private final String base;

    private PythonProject(String base) {
        this.base = base;
    }

    /** Makes the base image and pushes it to a registry. */
    static PythonProject onDebian(Shell shell, Path folder, String registry) throws IOException {
        String base = registry + "/base/debian:bookworm";
        Path root = folder.resolve("debian");
        shell.run("debootstrap", "--variant=minbase", "bookworm", root.toString());
        shell.run("sh", "-c", "tar -C '" + root + "' -c . | docker import - " + base);
        shell.run("docker", "push", "-q", base);
        shell.run("docker", "image", "rm", base);
        return new PythonProject(base);
    }

    /** Writes its files; {@code nonce} makes every step a new one. */
    void write(Path folder, String nonce) throws IOException {
        Files.writeString(folder.resolve("nonce"), nonce + "\n");
        Files.writeString(folder.resolve("requirements.txt"), String.join("\n", REQUIREMENTS) + "\n");
        Files.writeString(folder.resolve("ca-certificates.crt"), Files.readString(CERTIFICATES));
        for (String program : List.of("cli", "server")) {
            Files.createDirectories(folder.resolve(program));
            Files.writeString(folder.resolve(program).resolve("main.py"), "print('" + program + "')\n");
            Files.writeString(folder.resolve("Dockerfile." + program), dockerfile(program));
        }
        Files.writeString(folder.resolve(".forgefleet.yml"), """
                images:
                  - {name: cli, dockerfile: Dockerfile.cli}
                  - {name: server, dockerfile: Dockerfile.server}
                """);
    }

    /** Writes another project: one CI image on the same base, and no other image. */
    void writeCiImage(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("ci"));
        Files.writeString(folder.resolve("requirements.txt"), String.join("\n", REQUIREMENTS) + "\n");
        Files.writeString(
                folder.resolve("ci/Dockerfile"), "FROM " + base + "\nCOPY requirements.txt /requirements.txt\n");
        Files.writeString(folder.resolve(".forgefleet.yml"), """
                ciImages:
                  - {name: ci, dockerfile: ci/Dockerfile, rebuildOn: [requirements.txt, ci/Dockerfile]}
                """);
    }

    private String dockerfile(String program) {
        return """
                FROM %s AS base
                COPY nonce /nonce
                COPY ca-certificates.crt /machines-ca.crt
                RUN apt-get update -q && apt-get install -qy --no-install-recommends python3 python3-venv libpq5 git
                COPY requirements.txt /requirements.txt
                RUN python3 -m venv /venv && PIP_CERT=/machines-ca.crt /venv/bin/pip install -q --no-cache-dir -r /requirements.txt
                FROM base
                COPY %s /app
                CMD ["/venv/bin/python", "/app/main.py"]
                """.formatted(base, program);
    }
}
