package io.forgefleet.benchmarks.measure;

import java.util.List;

/** Measures one of the fleet's figures. */
@FunctionalInterface
public interface Benchmark {

    /**
     * Measures and returns the rows of its table; everything that it started has ended then.
     *
     * @throws Exception when it could not be measured
     */
    List<Figure> measure(Bench bench) throws Exception;
}
