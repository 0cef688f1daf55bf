package io.blkwarden.controller;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NetworkChannel;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The dependency rules of the controller: a pure step, and one package for each thing outside it.
 */
final class ArchitectureTest {
  private static final JavaClasses CONTROLLER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.blkwarden.controller");

  private static final String[] PURE = {
    "..controller.blame..",
    "..controller.board..",
    "..controller.look..",
    "..controller.fleet..",
    "..controller.spec..",
    "..controller.policy..",
    "..controller.detect..",
    "..controller.plan..",
    "..controller.paging..",
    "..controller.said..",
    "..controller.step..",
    "..controller.why..",
    "..controller.replay..",
    "..controller.top..",
    "..controller.trial..",
    "..controller.record"
  };

  private static final String[] EDGES = {
    "..controller.bus..",
    "..controller.cli..",
    "..controller.config..",
    "..controller.dispatch..",
    "..controller.http..",
    "..controller.ingest..",
    "..controller.notify..",
    "..controller.record.files..",
    "..controller.runtime.."
  };

  private static final DescribedPredicate<JavaClass> REACTOR = resideInAPackage("reactor..");
  private static final DescribedPredicate<JavaClass> NATS = resideInAPackage("io.nats..");

  /** A Path is a value that anyone may carry; what opens it is not. */
  private static final DescribedPredicate<JavaClass> FILES_AND_SOCKETS =
      resideInAPackage("java.nio.file..")
          .and(DescribedPredicate.not(type(Path.class)))
          .or(type(File.class))
          .or(assignableTo(FileInputStream.class))
          .or(assignableTo(FileOutputStream.class))
          .or(assignableTo(FileReader.class))
          .or(assignableTo(FileWriter.class))
          .or(assignableTo(RandomAccessFile.class))
          .or(assignableTo(NetworkChannel.class))
          .or(assignableTo(Socket.class))
          .or(assignableTo(ServerSocket.class))
          .as("files and sockets");

  @Test
  void neverImportsTheAgent() {
    check(noClasses().should().dependOnClassesThat().resideInAPackage("io.blkwarden.agent.."));
  }

  @Test
  void onlyTheBusKnowsNats() {
    check(onlyIn(NATS, "..controller.bus.."));
  }

  @Test
  void onlyHttpKnowsTheWebServerAndOnlyNotifyItsClient() {
    check(
        onlyIn(
            resideInAnyPackage("reactor.netty..", "io.netty.."),
            "..controller.http..",
            "..controller.notify.."));
    check(onlyIn(resideInAPackage("reactor.netty.http.server.."), "..controller.http.."));
    check(onlyIn(resideInAPackage("reactor.netty.http.client.."), "..controller.notify.."));
  }

  @Test
  void thePurePackagesTouchNoFilesAndNoSockets() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat(FILES_AND_SOCKETS));
  }

  @Test
  void thePurePackagesKnowNoEdge() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES));
  }

  @Test
  void thePurePackagesAreNotReactive() {
    check(noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat(REACTOR));
  }

  @Test
  void onlyTheCommandLineKnowsPicocli() {
    check(onlyIn(resideInAPackage("picocli.."), "io.blkwarden.controller", "..controller.cli.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    check(classes().should(resideInNullMarkedPackages()));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.blkwarden.(**)").should().beFreeOfCycles());
  }

  private static ArchRule onlyIn(DescribedPredicate<JavaClass> what, String... packages) {
    return noClasses()
        .that(DescribedPredicate.not(resideInAnyPackage(packages)))
        .should()
        .dependOnClassesThat(what);
  }

  private static void check(ArchRule rule) {
    rule.check(CONTROLLER);
  }

  private static ArchCondition<JavaClass> resideInNullMarkedPackages() {
    return new ArchCondition<>("reside in a package that is @NullMarked") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
          events.add(violated(type, type.getPackageName() + " is not @NullMarked"));
        }
      }
    };
  }
}
