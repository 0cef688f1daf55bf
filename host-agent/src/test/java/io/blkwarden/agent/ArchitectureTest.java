package io.blkwarden.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import io.blkwarden.testing.Architecture;
import io.blkwarden.testing.TestsAreRun;
import org.junit.jupiter.api.Test;

/** Dependency rules of the agent: a pure core, and one package per external interface. */
final class ArchitectureTest {
  private static final Architecture AGENT = new Architecture("io.blkwarden.agent");

  private static final String[] PURE = {
    "..agent.backend",
    "..agent.backend.blkback..",
    "..agent.backend.qdisk..",
    "..agent.backend.tapdisk..",
    "..agent.backend.type..",
    "..agent.kernel..",
    "..agent.lease..",
    "..agent.mapping..",
    "..agent.queue..",
    "..agent.sampling.."
  };

  private static final String[] EDGES = {
    "..agent.app..",
    "..agent.bus..",
    "..agent.cli..",
    "..agent.files..",
    "..agent.metrics..",
    "..agent.nats..",
    "..agent.restraint..",
    "..agent.state..",
    "..agent.trace..",
    "..agent.uevent..",
    "..agent.xenstore.."
  };

  private static final DescribedPredicate<JavaClass> REACTOR = resideInAPackage("reactor..");
  private static final DescribedPredicate<JavaClass> NATS = resideInAPackage("io.nats..");
  private static final DescribedPredicate<JavaClass> FOREIGN =
      resideInAPackage("java.lang.foreign..");

  @Test
  void neverImportsTheController() {
    AGENT.check(
        noClasses().should().dependOnClassesThat().resideInAPackage("io.blkwarden.controller.."));
  }

  @Test
  void onlyTheNatsPackageImportsNats() {
    AGENT.onlyIn(NATS, "..agent.nats..");
  }

  @Test
  void onlyEdgesUseFilesAndSockets() {
    AGENT.onlyIn(
        Architecture.FILES_AND_SOCKETS,
        "..agent.files..",
        "..agent.restraint..",
        "..agent.state..",
        "..agent.xenstore..",
        "..agent.trace..",
        "..agent.uevent..",
        "..agent.cli..");
  }

  @Test
  void onlyRestraintAndUeventCallNativeCode() {
    AGENT.onlyIn(FOREIGN, "..agent.restraint..", "..agent.uevent..");
  }

  @Test
  void purePackagesDoNotDependOnEdges() {
    AGENT.check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES));
  }

  @Test
  void purePackagesDoNotUseReactor() {
    AGENT.check(noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat(REACTOR));
  }

  @Test
  void onlyTheCommandLineImportsPicocli() {
    AGENT.onlyIn(resideInAPackage("picocli.."), "io.blkwarden.agent", "..agent.cli..");
  }

  @Test
  void everyPackageIsNullMarked() {
    AGENT.everyPackageIsNullMarked();
  }

  @Test
  void packagesHaveNoCycles() {
    AGENT.packagesHaveNoCycles();
  }

  @Test
  void everyTestIsRun() throws Exception {
    TestsAreRun.check(ArchitectureTest.class);
  }
}
