"""From an Android Studio project to a signed APK, with Gradle or without."""
