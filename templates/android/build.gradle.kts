// Versions are in gradle/libs.versions.toml, settings of the modules in their own build files.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
}
