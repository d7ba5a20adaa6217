package io.forgefleet.work.gate;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import us.springett.cvss.Cvss;
import us.springett.cvss.CvssV2;
import us.springett.cvss.MalformedVectorException;

/**
 * The base score of a CVSS vector, of version 2, 3.0, 3.1 or 4.0.
 *
 * @param score 0.0 to 10.0
 * @param severity by the bands of its version; those of version 2 end with HIGH
 */
record CvssVector(double score, Severity severity) {

    private static final Logger LOG = LoggerFactory.getLogger(CvssVector.class);
    private static final int MOST_LENGTH = 1000;

    /** Empty for what is no vector. */
    static Optional<CvssVector> parse(String vector) {
        if (vector.length() > MOST_LENGTH) {
            return Optional.empty();
        }
        try {
            Cvss cvss = Cvss.fromVector(vector);
            if (cvss == null) {
                return Optional.empty();
            }
            double score = cvss.calculateScore().getBaseScore();
            return Double.isNaN(score) ? Optional.empty() : Optional.of(new CvssVector(score, band(cvss, score)));
        } catch (MalformedVectorException | IllegalArgumentException | NullPointerException e) {
            // the library throws what comes; a vector that it cannot read leaves the severity unknown
            LOG.debug("not a CVSS vector: {}", vector, e);
            return Optional.empty();
        }
    }

    private static Severity band(Cvss cvss, double score) {
        if (score >= 9 && !(cvss instanceof CvssV2)) {
            return Severity.CRITICAL;
        }
        return score >= 7 ? Severity.HIGH : score >= 4 ? Severity.MEDIUM : Severity.LOW;
    }
}
