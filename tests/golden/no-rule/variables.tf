terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0.0"
    }
  }
}

variable "resource_group_name" {
  description = "The resource group of the policies and their IP groups."
  type        = string
}
