package io.forgefleet.local.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A module and what it may use; docs/architecture.md has the same table.
 *
 * @param name its package below the root package
 * @param ours modules
 * @param theirs packages of libraries
 */
record Module(String name, List<Module> ours, List<String> theirs) {

    static final String ROOT = "io.forgefleet";

    static final Module EVENTS = new Module("events", List.of(), List.of("com.fasterxml.jackson", "io.cloudevents"));

    static final Module RUNTIME = new Module(
            "runtime",
            List.of(EVENTS),
            List.of(
                    "com.fasterxml.jackson",
                    "io.cloudevents",
                    "org.apache.kafka",
                    "io.vertx",
                    "io.micrometer",
                    "org.slf4j",
                    "ch.qos.logback"));

    static final Module CLIENTS = new Module(
            "clients",
            List.of(EVENTS),
            List.of(
                    "com.fasterxml.jackson",
                    "com.github.dockerjava",
                    "org.apache.commons.compress",
                    "org.kohsuke.github",
                    "org.gitlab4j",
                    "jakarta.ws.rs",
                    "org.slf4j"));

    static final Module WORK = new Module(
            "work",
            List.of(EVENTS, RUNTIME, CLIENTS),
            List.of(
                    "com.fasterxml.jackson",
                    "org.apache.commons.compress",
                    "us.springett.cvss",
                    "com.github.luben.zstd",
                    "org.slf4j"));

    static final Module HOST = new Module(
            "host", List.of(), List.of("com.fasterxml.jackson", "org.apache.kafka", "kafka", "io.vertx", "org.slf4j"));

    static final Module GATEWAY = new Module(
            "gateway",
            List.of(EVENTS, RUNTIME, CLIENTS, WORK),
            List.of(
                    "com.fasterxml.jackson",
                    "io.cloudevents",
                    "org.apache.kafka",
                    "io.vertx",
                    "io.micrometer",
                    "com.github.benmanes.caffeine",
                    "org.yaml.snakeyaml",
                    "org.slf4j"));

    static final Module BUILD = new Module(
            "build",
            List.of(EVENTS, RUNTIME, CLIENTS, WORK),
            List.of("com.fasterxml.jackson", "org.apache.kafka", "io.micrometer", "org.slf4j"));

    static final Module RELEASE = new Module(
            "release",
            List.of(EVENTS, RUNTIME, CLIENTS, WORK),
            List.of("com.fasterxml.jackson", "org.apache.kafka", "io.micrometer", "org.slf4j"));

    static final Module CLEANUP = new Module(
            "cleanup",
            List.of(EVENTS, RUNTIME, CLIENTS, WORK),
            List.of(
                    "com.fasterxml.jackson",
                    "com.github.dockerjava",
                    "io.cloudevents",
                    "org.apache.kafka",
                    "io.vertx",
                    "com.google.re2j",
                    "io.micrometer",
                    "org.slf4j"));

    static final Module LOCAL = new Module(
            "local",
            List.of(EVENTS, RUNTIME, CLIENTS, WORK, HOST, GATEWAY, BUILD, RELEASE, CLEANUP),
            List.of(
                    "com.fasterxml.jackson",
                    "com.sun.net.httpserver",
                    "org.apache.kafka",
                    "picocli",
                    "me.tongfei.progressbar",
                    "org.slf4j"));

    static final List<Module> ALL =
            List.of(EVENTS, RUNTIME, CLIENTS, WORK, HOST, GATEWAY, BUILD, RELEASE, CLEANUP, LOCAL);

    private static final List<String> ALL_MAY = List.of("java", "javax", "org.jspecify.annotations");

    /** Pattern of its packages below a root package. */
    String packages(String root) {
        return root + "." + name + "..";
    }

    /** Patterns of all packages that it may use, where its own lie below a root package. */
    String[] mayUse(String root) {
        List<String> patterns = new ArrayList<>();
        patterns.add(packages(root));
        ours.forEach(module -> patterns.add(module.packages(ROOT)));
        Stream.concat(ALL_MAY.stream(), theirs.stream()).forEach(each -> patterns.add(each + ".."));
        return patterns.toArray(String[]::new);
    }

    @Override
    public String toString() {
        return name;
    }
}
