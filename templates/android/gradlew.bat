@rem Runs the Gradle that gradle\wrapper\gradle-wrapper.properties names, after fetching it once.
@rem It does what Gradle's own script does; "gradle wrapper" puts that one in its place.
@echo off
setlocal

set "project=%~dp0."
set "java=java.exe"
if not defined JAVA_HOME goto find
set "java=%JAVA_HOME:"=%\bin\java.exe"
if exist "%java%" goto fetch
echo gradlew: JAVA_HOME names no JDK: "%JAVA_HOME:"=%" 1>&2
exit /b 1

:find
where /q %java% && goto fetch
echo gradlew: no java on the PATH; set JAVA_HOME to a JDK 17 or newer 1>&2
exit /b 1

:fetch
set "answer=%TEMP%\gradlew-%RANDOM%-%RANDOM%.txt"
"%java%" %JAVA_OPTS% %GRADLE_OPTS% "-Dgradlew.variables=GRADLE_USER_HOME,USERPROFILE,project" "%project%\gradle\wrapper\GradleWrapper.java" "%project%" %* > "%answer%"
set "distribution="
set /p distribution=<"%answer%"
del "%answer%"
if not defined distribution exit /b 1
@rem The answer may begin with the name of a variable, which is replaced here.
call set "distribution=%distribution%"
@rem Not called, so that the arguments are read once, and its result is the one of this script.
"%distribution%\bin\gradle.bat" %*
