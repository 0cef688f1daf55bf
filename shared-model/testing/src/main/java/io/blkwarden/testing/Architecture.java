package io.blkwarden.testing;

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

/** The classes of a module, without its tests, and the rules that more than one module has. */
public final class Architecture {
  /** A Path is a value that anyone may carry; what opens it is not. */
  public static final DescribedPredicate<JavaClass> FILES_AND_SOCKETS =
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

  private final JavaClasses classes;

  /**
   * A module's.
   *
   * @param root the package that holds all others of it
   */
  public Architecture(String root) {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(root);
  }

  /** Fails unless the rule holds. */
  public void check(ArchRule rule) {
    rule.check(classes);
  }

  /** Fails when classes outside the packages use what is meant. */
  public void onlyIn(DescribedPredicate<JavaClass> what, String... packages) {
    check(
        noClasses()
            .that(DescribedPredicate.not(resideInAnyPackage(packages)))
            .should()
            .dependOnClassesThat(what));
  }

  /** Fails where a package is not null-marked, which NullAway passes over. */
  public void everyPackageIsNullMarked() {
    check(classes().should(resideInNullMarkedPackages()));
  }

  /** Fails where packages use each other in a circle. */
  public void packagesHaveNoCycles() {
    check(slices().matching("io.blkwarden.(**)").should().beFreeOfCycles());
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
