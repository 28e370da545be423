// The part of Gradle's and the Android Gradle Plugin's DSL that generated build files may use, with
// the types of its reference documentation (AGP 8.13). It does nothing: build files are compiled
// against it.
@file:Suppress("unused", "UNUSED_PARAMETER")

package gradle

enum class JavaVersion { VERSION_1_8 }
enum class RepositoriesMode { FAIL_ON_PROJECT_REPOS }

class PluginDependency
class Library
class PluginSpec { infix fun apply(now: Boolean) = this }
class PluginSpecs { fun alias(plugin: PluginDependency) = PluginSpec() }

class Property<T> { fun set(value: T) = Unit }
class Provider<T> {
    val isPresent = true
    fun get(): T = throw NotImplementedError()
    fun getOrElse(value: T): T = value
}
class Providers { fun gradleProperty(name: String) = Provider<String>() }

class SigningConfig {
    var storeFile: java.io.File? = null
    var storePassword: String? = null
    var keyAlias: String? = null
    var keyPassword: String? = null
}
class Container<T>(private val make: () -> T) {
    fun create(name: String, block: T.() -> Unit) = make().block()
    fun getByName(name: String): T = make()
    fun getByName(name: String, block: T.() -> Unit): T = make().apply(block)
}

class CompileOptions {
    var sourceCompatibility = JavaVersion.VERSION_1_8
    var targetCompatibility = JavaVersion.VERSION_1_8
}
class AndroidResources { val noCompress: MutableCollection<String> = mutableListOf() }
class JniLibsPackaging {
    var useLegacyPackaging: Boolean? = null
    val keepDebugSymbols: MutableSet<String> = mutableSetOf()
}
class Packaging { fun jniLibs(block: JniLibsPackaging.() -> Unit) = JniLibsPackaging().block() }
class Lint { var abortOnError = true; var checkDependencies = false; var checkReleaseBuilds = true }
class ManagedDevice { var device = ""; var apiLevel = 0; var systemImageSource = "" }
class ManagedDevices {
    fun localDevices(block: Container<ManagedDevice>.() -> Unit) =
        Container { ManagedDevice() }.block()
}
class SourceDirectories { fun setSrcDirs(folders: Iterable<*>) = Unit }
class SourceSet { val jniLibs = SourceDirectories() }
class CMake { var path: java.io.File? = null; var version: String? = null }
class NativeBuild { fun cmake(block: CMake.() -> Unit) = CMake().block() }
class CMakeFlags {
    val arguments: MutableList<String> = mutableListOf()
    val targets: MutableSet<String> = mutableSetOf()
}
class NativeBuildFlags { fun cmake(block: CMakeFlags.() -> Unit) = CMakeFlags().block() }
class Ndk {
    val abiFilters: MutableSet<String> = mutableSetOf()
    var debugSymbolLevel: String? = null
}
class TestOptions {
    var targetSdk: Int? = null
    fun managedDevices(block: ManagedDevices.() -> Unit) = ManagedDevices().block()
}

open class Android {
    var namespace: String? = null
    var compileSdk: Int? = null
    var ndkVersion = ""
    fun externalNativeBuild(block: NativeBuild.() -> Unit) = NativeBuild().block()
    fun sourceSets(block: Container<SourceSet>.() -> Unit) = Container { SourceSet() }.block()
    fun compileOptions(block: CompileOptions.() -> Unit) = CompileOptions().block()
    fun androidResources(block: AndroidResources.() -> Unit) = AndroidResources().block()
    fun packaging(block: Packaging.() -> Unit) = Packaging().block()
    fun lint(block: Lint.() -> Unit) = Lint().block()
    fun testOptions(block: TestOptions.() -> Unit) = TestOptions().block()
    fun signingConfigs(block: Container<SigningConfig>.() -> Unit) =
        Container { SigningConfig() }.block()
    val signingConfigs = Container { SigningConfig() }
}

class LibraryDefaults {
    var minSdk: Int? = null
    var testInstrumentationRunner: String? = null
    fun consumerProguardFiles(vararg files: Any) = Unit
    fun ndk(block: Ndk.() -> Unit) = Ndk().block()
    fun externalNativeBuild(block: NativeBuildFlags.() -> Unit) = NativeBuildFlags().block()
}
class LibraryAndroid : Android() {
    fun defaultConfig(block: LibraryDefaults.() -> Unit) = LibraryDefaults().block()
}

class ApplicationDefaults {
    var applicationId: String? = null
    var minSdk: Int? = null
    var targetSdk: Int? = null
    var versionCode: Int? = null
    var versionName: String? = null
    var testInstrumentationRunner: String? = null
}
class BuildType {
    var isMinifyEnabled = false
    var isShrinkResources = false
    var signingConfig: SigningConfig? = null
    fun proguardFiles(vararg files: Any) = Unit
    fun getDefaultProguardFile(name: String) = java.io.File(name)
    fun ndk(block: Ndk.() -> Unit) = Ndk().block()
}
class BuildTypes { fun release(block: BuildType.() -> Unit) = BuildType().block() }
class AbiBundle { var enableSplit: Boolean? = null }
class Bundle { fun abi(block: AbiBundle.() -> Unit) = AbiBundle().block() }
class AbiSplits {
    var isEnable = false
    var isUniversalApk = false
    fun reset() = Unit
    fun include(vararg abis: String) = Unit
}
class Splits { fun abi(block: AbiSplits.() -> Unit) = AbiSplits().block() }
class ApplicationAndroid : Android() {
    fun defaultConfig(block: ApplicationDefaults.() -> Unit) = ApplicationDefaults().block()
    fun buildTypes(block: BuildTypes.() -> Unit) = BuildTypes().block()
    fun bundle(block: Bundle.() -> Unit) = Bundle().block()
    fun splits(block: Splits.() -> Unit) = Splits().block()
}

class Dependencies {
    fun implementation(what: Any) = Unit
    fun androidTestImplementation(what: Any) = Unit
    fun project(path: String) = Any()
}
open class BuildScript {
    val providers = Providers()
    fun file(path: String) = java.io.File(path)
    fun plugins(block: PluginSpecs.() -> Unit) = PluginSpecs().block()
    fun dependencies(block: Dependencies.() -> Unit) = Dependencies().block()
}
open class LibraryScript : BuildScript() {
    fun android(block: LibraryAndroid.() -> Unit) = LibraryAndroid().block()
}
open class ApplicationScript : BuildScript() {
    fun android(block: ApplicationAndroid.() -> Unit) = ApplicationAndroid().block()
}

class Repositories {
    fun google() = Unit
    fun mavenCentral() = Unit
    fun gradlePluginPortal() = Unit
}
class PluginManagement {
    fun repositories(block: Repositories.() -> Unit) = Repositories().block()
}
class DependencyResolution {
    val repositoriesMode = Property<RepositoriesMode>()
    fun repositories(block: Repositories.() -> Unit) = Repositories().block()
}
class RootProject { var name = "" }
open class SettingsScript {
    val rootProject = RootProject()
    fun include(vararg paths: String) = Unit
    fun pluginManagement(block: PluginManagement.() -> Unit) = PluginManagement().block()
    fun dependencyResolutionManagement(block: DependencyResolution.() -> Unit) =
        DependencyResolution().block()
}
