"""Engines that run the model on the phone: conversion, host run, what their build needs."""
