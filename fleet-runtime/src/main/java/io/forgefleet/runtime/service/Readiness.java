package io.forgefleet.runtime.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The parts of a process that must be there before it takes work, each ready or saying what is missing. Thread-safe. */
public final class Readiness {

    private final Map<String, Supplier<String>> parts = new ConcurrentHashMap<>();

    /**
     * Adds a part that is asked whenever somebody wants to know.
     *
     * @param name for people
     * @param missing says what is missing, empty when nothing; quick, since event loops call it
     */
    public void add(String name, Supplier<String> missing) {
        if (parts.putIfAbsent(name, missing) != null) {
            throw new IllegalArgumentException("there already is a part called " + name);
        }
    }

    /**
     * Adds a part that tells by itself.
     *
     * @param missing what is missing at first
     */
    public Part add(String name, String missing) {
        Part part = new Part(missing);
        add(name, () -> part.missing);
        return part;
    }

    /** What is missing, by the name of the part; empty when the process is ready. */
    public Map<String, String> missing() {
        Map<String, String> missing = new TreeMap<>();
        parts.forEach((name, part) -> {
            String said = said(part);
            if (!said.isEmpty()) {
                missing.put(name, said);
            }
        });
        return missing;
    }

    public boolean isReady() {
        return missing().isEmpty();
    }

    private static String said(Supplier<String> part) {
        try {
            return part.get();
        } catch (RuntimeException e) {
            return "could not be asked: " + e;
        }
    }

    /** A part that tells by itself whether it is ready. */
    public static final class Part {

        private volatile String missing;

        private Part(String missing) {
            this.missing = missing;
        }

        public void ready() {
            missing = "";
        }

        public void missing(String what) {
            missing = what;
        }
    }
}
