package io.tophash.sync;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Imports run downward only, between the packages of this module and to those of the core. */
@Tag("contract")
class ArchitectureTest {
  private static final String ROOT = "io.tophash.sync";

  /**
   * What a package may use, as its package-info says.
   *
   * @param own packages of this module
   * @param core packages of the core; the empty name is its root, the API
   */
  record Uses(List<String> own, List<String> core) {}

  static final Map<String, Uses> MAY_USE =
      usesOf(
          "event", new Uses(List.of(), List.of()),
          "format", new Uses(List.of(), List.of("format")),
          "log", new Uses(List.of("format", "process"), List.of("errors", "memory")),
          "process", new Uses(List.of("format"), List.of("errors", "memory")),
          "extent", new Uses(List.of("format", "process"), List.of("errors", "memory")),
          "segment", new Uses(List.of("format"), List.of("errors", "memory", "format", "hash")),
          "shard",
              new Uses(
                  List.of("event", "format", "process", "extent", "segment", "log"),
                  List.of("", "errors", "memory", "lifecycle")),
          "salvage",
              new Uses(
                  List.of("format", "segment"), List.of("memory", "format", "hash", "salvage")),
          "checkpoint",
              new Uses(
                  List.of("format", "process", "extent", "shard", "log"),
                  List.of("errors", "memory", "format", "lifecycle")),
          "attach",
              new Uses(
                  List.of("format", "process", "extent", "segment", "shard", "checkpoint", "log"),
                  List.of("", "errors", "memory", "format", "hash", "codec", "lifecycle")),
          "entry",
              new Uses(
                  List.of("format", "process", "segment", "shard", "log", "attach"),
                  List.of("errors", "memory", "format", "hash", "codec", "map")),
          "upkeep",
              new Uses(
                  List.of(
                      "format",
                      "process",
                      "extent",
                      "segment",
                      "shard",
                      "log",
                      "checkpoint",
                      "attach",
                      "entry"),
                  List.of("errors", "memory", "format", "codec", "map")));

  /** {@code Map.of} takes ten pairs at most. */
  private static Map<String, Uses> usesOf(Object... namesAndUses) {
    Map<String, Uses> all = new TreeMap<>();
    for (int i = 0; i < namesAndUses.length; i += 2) {
      all.put((String) namesAndUses[i], (Uses) namesAndUses[i + 1]);
    }
    return all;
  }

  /**
   * Classes that need each other. A store of the API names the builder that opens it; a kind of
   * segments is one thing in three files.
   */
  private static final Map<String, String> TOGETHER =
      Map.ofEntries(
          Map.entry(ROOT + ".SyncStore", "stores and builders"),
          Map.entry(ROOT + ".SyncStoreBuilder", "stores and builders"),
          Map.entry(ROOT + ".LongSyncStore", "stores and builders"),
          Map.entry(ROOT + ".LongSyncStoreBuilder", "stores and builders"),
          Map.entry(ROOT + ".segment.RecordSegments", "segments of records"),
          Map.entry(ROOT + ".segment.RecordGatherer", "segments of records"),
          Map.entry(ROOT + ".segment.RecordBuilder", "segments of records"),
          Map.entry(ROOT + ".segment.RecordCheck", "segments of records"),
          Map.entry(ROOT + ".segment.Sieve", "segments of records"),
          Map.entry(ROOT + ".CacheStore", "stores and builders"),
          Map.entry(ROOT + ".CacheStoreBuilder", "stores and builders"),
          Map.entry(ROOT + ".segment.LargeBlocks", "segments of records"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  private static ArchRule usesOnlyWhatItMay(String name, String packageUnderRule) {
    Uses uses = MAY_USE.get(name);
    String[] allowed =
        Stream.of(
                Stream.of(packageUnderRule),
                uses.own().stream().map(used -> ROOT + "." + used),
                uses.core().stream()
                    .map(used -> used.isEmpty() ? "io.tophash.core" : "io.tophash.core." + used))
            .flatMap(packages -> packages)
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(packageUnderRule)
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage("io.tophash..")).or(resideInAnyPackage(allowed)))
        .allowEmptyShould(true); // a package may be empty while the project is young
  }

  @Test
  void theClassesOfThisModuleAreReallyImported() {
    assertTrue(CLASSES.size() >= 20, () -> "too few classes imported: count=" + CLASSES.size());
  }

  @Test
  void everyPackageIsInTheTable() {
    Set<String> found =
        CLASSES.stream()
            .map(c -> c.getPackageName())
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1).split("\\.", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    found.removeAll(MAY_USE.keySet());
    assertEquals(Set.of(), found, "packages that MAY_USE does not name");
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyWhatItMay(String name) {
    usesOnlyWhatItMay(name, ROOT + "." + name).check(CLASSES);
  }

  @Test
  void theDirectionRuleFailsOnAPackageThatBreaksIt() {
    // The root stands for a lowest package: it uses what such a one may not.
    ArchRule rule = usesOnlyWhatItMay("format", ROOT);
    AssertionError e = assertThrows(AssertionError.class, () -> rule.check(CLASSES));
    assertTrue(e.getMessage().contains("io.tophash.core.Store"), e::getMessage);
  }

  /** The classes that lie on a circle, or between two; those named together count as one. */
  private static Set<String> onCircles(Map<String, String> together) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass user : CLASSES) {
      Set<String> used = uses.computeIfAbsent(name(user, together), name -> new TreeSet<>());
      for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
        used.add(name(dependency.getTargetClass(), together));
      }
    }
    uses.forEach((name, used) -> used.remove(name));
    boolean isSmaller;
    do {
      uses.values().forEach(used -> used.retainAll(uses.keySet()));
      Set<String> anyUsed = new TreeSet<>();
      uses.values().forEach(anyUsed::addAll);
      isSmaller =
          uses.entrySet()
              .removeIf(entry -> entry.getValue().isEmpty() || !anyUsed.contains(entry.getKey()));
    } while (isSmaller);
    return uses.keySet();
  }

  private static String name(JavaClass javaClass, Map<String, String> together) {
    String outermost = javaClass.getName().split("\\$", 2)[0];
    return together.getOrDefault(outermost, outermost);
  }

  @Test
  void classesHaveNoCircles() {
    assertEquals(Set.of(), onCircles(TOGETHER));
  }

  @Test
  void theRuleOfClassesFindsTheCirclesThatAreAllowed() {
    assertTrue(onCircles(Map.of()).containsAll(TOGETHER.keySet()));
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** On a busy machine each call gives a whole turn away: see docs/decisions/0081. */
  @Test
  void nothingYields() {
    noClasses().should().callMethod(Thread.class, "yield").check(CLASSES);
  }

  @Test
  void nothingUsesSunMiscUnsafe() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("sun.misc.Unsafe")
        .check(CLASSES);
  }

  @Test
  void theInnerPackagesAreNotExported() {
    Set<String> exported =
        ModuleFinder.of(Path.of("target", "classes")).findAll().stream()
            .flatMap(module -> module.descriptor().exports().stream())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    assertEquals(Set.of(ROOT), exported);
  }

  @Test
  void noOtherModuleThanTheCoreIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.tophash.cli..", "io.tophash.bench..")
        .check(CLASSES);
  }
}
